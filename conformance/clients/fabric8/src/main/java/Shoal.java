import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;

/** A kind of one's own. */
@Group("lake.example.com")
@Version("v1")
public class Shoal extends CustomResource<Shoal.Spec, Shoal.Status> implements Namespaced {
  public static class Spec {
    public int size;
  }

  public static class Status {
    public int ready;
  }

  @Override
  protected Spec initSpec() {
    return new Spec();
  }

  /** A status that nobody has told yet is absent: patches of it begin there. */
  @Override
  protected Status initStatus() {
    return null;
  }
}
