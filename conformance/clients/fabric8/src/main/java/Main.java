import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.SecretList;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * A client written with fabric8's library against the cluster of $KUBECONFIG: typed and generic resources, watches, informers and leader
 * election. It ends with the first surprise and exit code 1.
 */
public final class Main {
  private final KubernetesClient client;
  private final String namespace;

  private Main(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  interface Step {
    void run() throws Exception;
  }

  public static void main(String[] args) throws Exception {
    Config config = Config.autoConfigure(null);
    // Refusals are what is looked at here: the library would try some of them again for minutes.
    config.setRequestRetryBackoffLimit(0);
    int code = 0;
    try (KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build()) {
      String namespace = client.namespaces()
          .resource(new NamespaceBuilder().withNewMetadata().withGenerateName("fabric8-").endMetadata().build())
          .create().getMetadata().getName();
      try {
        new Main(client, namespace).run();
      } finally {
        client.namespaces().withName(namespace).delete();
      }
    } catch (Throwable surprise) {
      surprise.printStackTrace();
      code = 1;
    }
    System.exit(code);
  }

  private void run() throws Exception {
    check("create, get, update, delete", this::createUpdateDelete);
    check("patches of three sorts", this::patches);
    check("two managers apply", this::apply);
    check("lists in pages", this::pages);
    check("a watch goes on where it stopped", this::watchResumed);
    check("an informer that is restarted", this::informerRestarted);
    check("a workload, its scale, an eviction", this::workload);
    check("a kind of one's own", this::customKind);
    check("leaders take turns", this::leaders);
  }

  private static void check(String name, Step step) throws Exception {
    step.run();
    System.out.println("ok " + name);
  }

  private static void expect(boolean condition, Object surprise) {
    if (!condition) throw new AssertionError(surprise);
  }

  private static void refused(int code, Step step) throws Exception {
    try {
      step.run();
    } catch (KubernetesClientException error) {
      expect(error.getCode() == code, error);
      return;
    }
    throw new AssertionError("not refused with " + code);
  }

  /** Asks again until it is so: what the cluster does by itself takes its time. */
  private static void until(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      expect(System.nanoTime() < deadline, what + ": not within 30 s");
      Thread.sleep(50);
    }
  }

  private ConfigMap configMap(String name, Map<String, String> data) {
    return new ConfigMapBuilder().withNewMetadata().withName(name).withNamespace(namespace).addToLabels("made-by", "fabric8").endMetadata()
        .withData(data).build();
  }

  private void createUpdateDelete() throws Exception {
    ConfigMap made = client.resource(configMap("crud", Map.of("a", "1"))).create();
    ObjectMeta metadata = made.getMetadata();
    expect(metadata.getUid() != null && metadata.getResourceVersion() != null && metadata.getCreationTimestamp() != null, made);
    ConfigMap changed = new ConfigMapBuilder(made).addToData("b", "2").build();
    ConfigMap updated = client.resource(changed).update();
    expect(updated.equals(client.configMaps().inNamespace(namespace).withName("crud").get()), "it reads as something else");
    expect(client.resource(updated).update().getMetadata().getResourceVersion().equals(updated.getMetadata().getResourceVersion()),
        "an update that changes nothing has a new version");
    refused(409, () -> client.resource(configMap("crud", Map.of())).create());
    refused(422, () -> client.resource(configMap("Wrong Name", Map.of())).create());
    refused(409, () -> client.resource(changed).lockResourceVersion(metadata.getResourceVersion()).update());
    ConfigMap edited = client.configMaps().inNamespace(namespace).withName("crud").edit(now -> new ConfigMapBuilder(now).removeFromData("a").build());
    expect(edited.getData().equals(Map.of("b", "2")), edited);
    ConfigMap tried = client.resource(configMap("tried", Map.of())).dryRun().create();
    expect(tried.getMetadata().getUid() != null && client.resource(tried).get() == null, "a dry run leaves something behind");
    refused(409, () -> client.resource(edited).lockResourceVersion(metadata.getResourceVersion()).delete());
    expect(client.resource(edited).delete().size() == 1, "the delete says nothing of it");
    expect(client.resource(edited).get() == null, "after the delete");
  }

  private void patches() throws Exception {
    Service service = new ServiceBuilder().withNewMetadata().withName("patched").withNamespace(namespace).endMetadata()
        .withNewSpec().addNewPort().withName("http").withPort(80).endPort().endSpec().build();
    client.resource(service).create();
    String[][] steps = {
        {"STRATEGIC_MERGE", "{\"spec\":{\"ports\":[{\"name\":\"https\",\"port\":443}]}}", "[443, 80]"},
        {"JSON", "[{\"op\":\"replace\",\"path\":\"/spec/ports/0/port\",\"value\":8443}]", "[8443, 80]"},
        {"JSON_MERGE", "{\"spec\":{\"ports\":[{\"name\":\"only\",\"port\":1}]}}", "[1]"},
    };
    for (String[] step : steps) {
      Service patched = client.resource(service).patch(PatchContext.of(PatchType.valueOf(step[0])), step[1]);
      List<Integer> ports = patched.getSpec().getPorts().stream().map(port -> port.getPort()).toList();
      expect(ports.toString().equals(step[2]), step[0] + ": " + ports);
    }
    refused(422, () -> client.resource(service).patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"ports\":[]}}"));
  }

  private void apply() throws Exception {
    var one = new PatchContext.Builder().withFieldManager("one").withPatchType(PatchType.SERVER_SIDE_APPLY);
    var two = new PatchContext.Builder().withFieldManager("two").withPatchType(PatchType.SERVER_SIDE_APPLY);
    client.resource(configMap("applied", Map.of("a", "1", "b", "1"))).patch(one.build());
    refused(409, () -> client.resource(configMap("applied", Map.of("a", "2"))).patch(two.build()));
    client.resource(configMap("applied", Map.of("a", "2"))).patch(two.withForce(true).build());
    ConfigMap left = client.resource(configMap("applied", Map.of())).patch(one.build());
    expect(left.getData().equals(Map.of("a", "2")), left);
    GenericKubernetesResource generic = client.genericKubernetesResources("v1", "ConfigMap").inNamespace(namespace).withName("applied").get();
    expect("2".equals(generic.get("data", "a")), generic);
    expect(client.resource(configMap("applied", Map.of("c", "1"))).fieldManager("three").serverSideApply().getData().get("c").equals("1"), "c");
  }

  private void pages() throws Exception {
    for (int i = 0; i < 7; i++) {
      client.resource(new SecretBuilder().withNewMetadata().withName("page-" + i).withNamespace(namespace).endMetadata().build()).create();
    }
    List<String> names = new ArrayList<>();
    String token = null;
    do {
      SecretList page = client.secrets().inNamespace(namespace).list(new ListOptionsBuilder().withLimit(3L).withContinue(token).build());
      page.getItems().forEach(secret -> names.add(secret.getMetadata().getName()));
      token = page.getMetadata().getContinue();
      Long remaining = page.getMetadata().getRemainingItemCount();
      expect((remaining == null ? 0 : remaining) == 7 - names.size(), "remaining: " + remaining);
    } while (token != null && !token.isEmpty());
    expect(names.equals(IntStream.range(0, 7).mapToObj(i -> "page-" + i).toList()), names);
    expect(client.secrets().inNamespace(namespace).withField("metadata.name", "page-3").list().getItems().size() == 1, "by a field");
    refused(400, () -> client.secrets().inNamespace(namespace).withLabelSelector("==").list());
    client.secrets().inNamespace(namespace).delete();
    expect(client.secrets().inNamespace(namespace).list().getItems().isEmpty(), "some are left");
  }

  private String watch(String since, String... wanted) throws Exception {
    BlockingQueue<Object> seen = new LinkedBlockingQueue<>();
    Watcher<ConfigMap> watcher = new Watcher<>() {
      @Override
      public void eventReceived(Action action, ConfigMap object) {
        if (action != Action.BOOKMARK) seen.add(Map.entry(action.name(), object));
      }

      @Override
      public void onClose(WatcherException cause) {
        seen.add(cause);
      }
    };
    try (var watch = client.configMaps().inNamespace(namespace).withLabel("seen", "yes").watch(new ListOptionsBuilder().withResourceVersion(since).build(), watcher)) {
      for (String action : wanted) {
        Object event = seen.poll(10, TimeUnit.SECONDS);
        expect(event instanceof Map.Entry<?, ?> entry && entry.getKey().equals(action), event + " instead of " + action);
        since = ((ConfigMap) ((Map.Entry<?, ?>) event).getValue()).getMetadata().getResourceVersion();
      }
    }
    return since;
  }

  /** A watch stops, the world changes, another one goes on where the first one stopped. */
  private void watchResumed() throws Exception {
    String since = client.configMaps().inNamespace(namespace).list().getMetadata().getResourceVersion();
    var watched = client.configMaps().inNamespace(namespace).withName("watched");
    client.resource(new ConfigMapBuilder(configMap("watched", Map.of())).editMetadata().addToLabels("seen", "yes").endMetadata().build()).create();
    since = watch(since, "ADDED");
    watched.edit(object -> new ConfigMapBuilder(object).addToData("a", "b").build());
    watched.edit(object -> new ConfigMapBuilder(object).editMetadata().addToLabels("seen", "no").endMetadata().build());
    watched.edit(object -> new ConfigMapBuilder(object).editMetadata().addToLabels("seen", "yes").endMetadata().build());
    watched.delete();
    watch(since, "MODIFIED", "DELETED", "ADDED", "DELETED");
  }

  private void informerRestarted() throws Exception {
    for (int round = 0; round < 3; round++) {
      AtomicInteger added = new AtomicInteger();
      AtomicInteger gone = new AtomicInteger();
      String name = "informed-" + round;
      try (var informer = client.configMaps().inNamespace(namespace).withLabel("informed", "yes").inform(new ResourceEventHandler<ConfigMap>() {
        @Override
        public void onAdd(ConfigMap object) {
          added.incrementAndGet();
        }

        @Override
        public void onUpdate(ConfigMap before, ConfigMap object) {}

        @Override
        public void onDelete(ConfigMap object, boolean unknown) {
          gone.incrementAndGet();
        }
      }, 0)) {
        int there = Math.min(round, 1);
        expect(informer.getStore().list().size() == there, "round " + round + ": " + informer.getStore().list().size());
        if (round > 0) expect("changed".equals(informer.getStore().list().get(0).getData().get("meanwhile")), informer.getStore().list());
        client.resource(new ConfigMapBuilder(configMap(name, Map.of("a", "b"))).editMetadata().addToLabels("informed", "yes").endMetadata().build()).create();
        until("what is made", () -> informer.getStore().getByKey(namespace + "/" + name) != null && added.get() == there + 1);
        if (round > 0) client.configMaps().inNamespace(namespace).withName("informed-" + (round - 1)).delete();
        until("what is deleted", () -> gone.get() == there && informer.getStore().list().size() == 1);
      }
      client.configMaps().inNamespace(namespace).withName(name).edit(object -> new ConfigMapBuilder(object).addToData("meanwhile", "changed").build());
    }
  }

  private void workload() throws Exception {
    Map<String, String> labels = Map.of("app", "web");
    client.resource(new DeploymentBuilder().withNewMetadata().withName("web").withNamespace(namespace).endMetadata()
        .withNewSpec().withReplicas(2).withNewSelector().withMatchLabels(labels).endSelector()
        .withNewTemplate().withNewMetadata().withLabels(labels).endMetadata()
        .withNewSpec().addNewContainer().withName("c").withImage("nginx").endContainer().endSpec().endTemplate().endSpec().build()).create();
    var web = client.apps().deployments().inNamespace(namespace).withName("web");
    web.waitUntilCondition(now -> now != null && now.getStatus() != null && Integer.valueOf(2).equals(now.getStatus().getReadyReplicas()), 30, TimeUnit.SECONDS);
    expect(web.scale().getSpec().getReplicas() == 2, web.scale());
    web.scale(3);
    web.waitUntilCondition(now -> Integer.valueOf(3).equals(now.getStatus().getReadyReplicas()), 30, TimeUnit.SECONDS);
    Pod pod = client.pods().inNamespace(namespace).withLabels(labels).list().getItems().get(0);
    expect(client.pods().resource(pod).evict(), "not evicted");
    client.pods().resource(pod).waitUntilCondition(now -> now == null || !now.getMetadata().getUid().equals(pod.getMetadata().getUid()), 30, TimeUnit.SECONDS);
    web.waitUntilCondition(now -> Integer.valueOf(3).equals(now.getStatus().getReadyReplicas()), 30, TimeUnit.SECONDS);
  }

  private void customKind() throws Exception {
    CustomResourceDefinition definition = new CustomResourceDefinitionBuilder().withNewMetadata().withName("shoals.lake.example.com").endMetadata()
        .withNewSpec().withGroup("lake.example.com").withScope("Namespaced")
        .withNewNames().withPlural("shoals").withSingular("shoal").withKind("Shoal").endNames()
        .addNewVersion().withName("v1").withServed(true).withStorage(true).withNewSubresources().withNewStatus().endStatus().endSubresources()
        .withNewSchema().withNewOpenAPIV3Schema().withType("object")
        .addToProperties("spec", schema("size", 1.0)).addToProperties("status", schema("ready", 0.0))
        .endOpenAPIV3Schema().endSchema().endVersion().endSpec().build();
    client.resource(definition).serverSideApply();
    client.resource(definition).waitUntilCondition(now -> now.getStatus() != null && now.getStatus().getConditions().stream()
        .anyMatch(condition -> condition.getType().equals("Established") && condition.getStatus().equals("True")), 30, TimeUnit.SECONDS);
    var shoals = client.resources(Shoal.class).inNamespace(namespace);
    // Established is a promise of the server that wrote it; the handlers may be a moment behind.
    until("the kind is served", () -> {
      try {
        return shoals.list().getItems().isEmpty();
      } catch (KubernetesClientException error) {
        return false;
      }
    });
    try (var informer = shoals.inform()) {
      Shoal made = shoals.resource(shoal("herrings", 2)).create();
      expect(made.getMetadata().getGeneration() == 1, made);
      refused(422, () -> shoals.resource(shoal("none", 0)).create());
      Shoal edited = shoals.withName("herrings").edit(now -> {
        now.getSpec().size = 3;
        return now;
      });
      expect(edited.getMetadata().getGeneration() == 2, edited);
      Shoal told = shoals.withName("herrings").editStatus(now -> {
        now.setStatus(new Shoal.Status());
        now.getStatus().ready = 3;
        return now;
      });
      expect(told.getStatus().ready == 3 && told.getMetadata().getGeneration() == 2, told);
      until("the informer has it", () -> informer.getStore().list().stream().anyMatch(now -> now.getStatus() != null && now.getStatus().ready == 3));
      shoals.withName("herrings").delete();
      until("the informer loses it", () -> informer.getStore().list().isEmpty());
    }
    client.resource(definition).delete();
  }

  private static io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps schema(String name, double least) {
    return new io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaPropsBuilder().withType("object")
        .addToProperties(name, new io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaPropsBuilder().withType("integer").withMinimum(least).build())
        .build();
  }

  private static Shoal shoal(String name, int size) {
    Shoal shoal = new Shoal();
    shoal.getMetadata().setName(name);
    shoal.getSpec().size = size;
    return shoal;
  }

  private void leaders() throws Exception {
    List<String> turns = java.util.Collections.synchronizedList(new ArrayList<>());
    CompletableFuture<?> first = candidate("first", turns);
    until("the first one leads", () -> turns.equals(List.of("first leads")));
    CompletableFuture<?> second = candidate("second", turns);
    first.cancel(true);
    until("the second one leads", () -> turns.contains("first stops") && turns.contains("second leads"));
    second.cancel(true);
    until("it resigns", () -> turns.contains("second stops"));
  }

  private CompletableFuture<?> candidate(String identity, List<String> turns) {
    LeaderElector elector = client.leaderElector().withConfig(new LeaderElectionConfigBuilder().withName("lead")
        .withLeaseDuration(Duration.ofSeconds(3)).withRenewDeadline(Duration.ofSeconds(2)).withRetryPeriod(Duration.ofMillis(200)).withReleaseOnCancel(true)
        .withLock(new LeaseLock(namespace, "lead", identity))
        .withLeaderCallbacks(new LeaderCallbacks(() -> turns.add(identity + " leads"), () -> turns.add(identity + " stops"), leader -> {}))
        .build()).build();
    return elector.start();
  }
}
