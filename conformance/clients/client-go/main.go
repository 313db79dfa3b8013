// A client written with client-go against the cluster of $KUBECONFIG: typed (protobuf), dynamic, metadata, informers, leader election.
// It ends with the first surprise and exit code 1.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The clients that the checks share, and the namespace that is theirs.
type clients struct {
	typed     kubernetes.Interface
	json      kubernetes.Interface
	dynamic   dynamic.Interface
	metadata  metadata.Interface
	namespace string
	seen      *traffic
}

type check struct {
	name string
	run  func(context.Context, clients) error
}

var checks = []check{
	{"create, get, update, delete", createUpdateDelete},
	{"conflicts are conflicts", conflicts},
	{"patches of three sorts", patches},
	{"two managers apply", apply},
	{"lists in pages", pages},
	{"a watch from a list", watchFromList},
	{"an informer that is restarted", informerRestart},
	{"a watch goes on where it stopped", watchResumed},
	{"dynamic and metadata informers", dynamicInformers},
	{"the dynamic client", dynamicClient},
	{"the metadata client", metadataClient},
	{"a kind of one's own", customKind},
	{"status, scale, eviction, binding", subresources},
	{"errors are what they should be", errors},
	{"a workload becomes ready", workload},
	{"leaders take turns", leaders},
	{"tokens and reviews", tokens},
	{"discovery", discovery},
	{"the wire spoke protobuf and streamed lists", wire},
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "client-go:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	// Informers ask for their first state as a stream; the feature is read from the environment when it is first asked for.
	if err := os.Setenv("KUBE_FEATURE_WatchListClient", "true"); err != nil {
		return err
	}
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		return err
	}
	config.QPS, config.Burst = 1000, 2000
	all, err := newClients(config)
	if err != nil {
		return err
	}
	namespace, err := all.typed.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "client-go-"}}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	all.namespace = namespace.Name
	for _, check := range checks {
		if err := check.run(ctx, all); err != nil {
			return fmt.Errorf("%s: %w", check.name, err)
		}
		fmt.Println("ok", check.name)
	}
	return all.typed.CoreV1().Namespaces().Delete(ctx, all.namespace, metav1.DeleteOptions{})
}

func newClients(config *rest.Config) (all clients, err error) {
	all.seen = &traffic{}
	protobuf := rest.CopyConfig(config)
	protobuf.Wrap(all.seen.count)
	protobuf.ContentType = runtime.ContentTypeProtobuf
	protobuf.AcceptContentTypes = runtime.ContentTypeProtobuf + "," + runtime.ContentTypeJSON
	if all.typed, err = kubernetes.NewForConfig(protobuf); err != nil {
		return
	}
	if all.json, err = kubernetes.NewForConfig(config); err != nil {
		return
	}
	if all.dynamic, err = dynamic.NewForConfig(config); err != nil {
		return
	}
	all.metadata, err = metadata.NewForConfig(config)
	return
}

func expect(condition bool, format string, args ...any) error {
	if condition {
		return nil
	}
	return fmt.Errorf(format, args...)
}
