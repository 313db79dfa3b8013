use crate::{World, refused, until};
use anyhow::{Result, ensure};
use futures::StreamExt;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Api, DeleteParams, Patch, PatchParams, PostParams};
use kube::runtime::controller::{Action, Controller};
use kube::runtime::finalizer::{Event, finalizer};
use kube::runtime::wait::{await_condition, conditions};
use kube::runtime::watcher;
use kube::{CustomResource, CustomResourceExt, Resource, ResourceExt};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// A kind of the controller's own: so many fish, kept by a Deployment.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, PartialEq, JsonSchema)]
#[kube(group = "fish.example.com", version = "v1", kind = "Shoal", namespaced, status = "ShoalStatus", derive = "PartialEq")]
#[kube(scale(spec_replicas_path = ".spec.size", status_replicas_path = ".status.ready"))]
pub struct ShoalSpec {
    #[schemars(range(min = 0))]
    size: i32,
    #[serde(default = "water")]
    water: String,
}

fn water() -> String {
    "fresh".into()
}

#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq, JsonSchema)]
pub struct ShoalStatus {
    ready: i32,
}

struct Context {
    world: World,
    farewells: AtomicUsize,
}

async fn keep(shoal: Arc<Shoal>, context: Arc<Context>) -> kube::Result<Action> {
    let deployments: Api<Deployment> = context.world.api();
    let name = shoal.name_any();
    let labels = json!({ "shoal": name });
    let deployment = json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": { "name": name, "ownerReferences": [shoal.controller_owner_ref(&())] },
        "spec": {
            "replicas": shoal.spec.size, "selector": { "matchLabels": labels },
            "template": { "metadata": { "labels": labels }, "spec": { "containers": [{ "name": "fish", "image": "nginx" }] } },
        },
    });
    let applied = deployments.patch(&name, &PatchParams::apply("shoals").force(), &Patch::Apply(deployment)).await?;
    let ready = applied.status.and_then(|status| status.ready_replicas).unwrap_or(0);
    let status = json!({ "apiVersion": "fish.example.com/v1", "kind": "Shoal", "status": { "ready": ready } });
    context.world.api::<Shoal>().patch_status(&name, &PatchParams::apply("shoals").force(), &Patch::Apply(status)).await?;
    Ok(Action::await_change())
}

async fn reconciled(shoal: Arc<Shoal>, context: Arc<Context>) -> Result<Action, kube::runtime::finalizer::Error<kube::Error>> {
    let api: Api<Shoal> = context.world.api();
    finalizer(&api, "fish.example.com/farewell", shoal, async |event| match event {
        Event::Apply(shoal) => keep(shoal, context.clone()).await,
        Event::Cleanup(_) => {
            context.farewells.fetch_add(1, Ordering::Relaxed);
            Ok(Action::await_change())
        }
    })
    .await
}

/// Runs until it is aborted.
fn start(context: &Arc<Context>) -> tokio::task::JoinHandle<()> {
    let shoals: Api<Shoal> = context.world.api();
    let deployments: Api<Deployment> = context.world.api();
    let controller = Controller::new(shoals, watcher::Config::default().streaming_lists()).owns(deployments, watcher::Config::default());
    let again = |_: Arc<Shoal>, _: &kube::runtime::finalizer::Error<kube::Error>, _: Arc<Context>| Action::requeue(Duration::from_millis(100));
    tokio::spawn(controller.run(reconciled, again, context.clone()).for_each(async |_| ()))
}

pub async fn reconcile(world: &World) -> Result<()> {
    let definitions: Api<CustomResourceDefinition> = Api::all(world.client.clone());
    let name = Shoal::crd_name();
    definitions.patch(name, &PatchParams::apply("kube-rs").force(), &Patch::Apply(Shoal::crd())).await?;
    let soon = Duration::from_secs(30);
    tokio::time::timeout(soon, await_condition(definitions.clone(), name, conditions::is_crd_established())).await??;
    let shoals: Api<Shoal> = world.api();
    // Established is a promise of the server that wrote it; the handlers may be a moment behind.
    until("the kind is served", async || Ok(shoals.list(&Default::default()).await.is_ok())).await?;

    let made = shoals.create(&PostParams::default(), &Shoal::new("herrings", ShoalSpec { size: 2, water: "salt".into() })).await?;
    ensure!(made.metadata.generation == Some(1));
    let wrong = Shoal::new("none", ShoalSpec { size: -1, water: water() });
    refused("a shoal of less than nothing", 422, shoals.create(&PostParams::default(), &wrong).await)?;

    let context = Arc::new(Context { world: world.clone(), farewells: AtomicUsize::new(0) });
    let ready = async |count: i32| Ok(shoals.get("herrings").await?.status.unwrap_or_default().ready == count);
    let first = start(&context);
    until("two fish", || ready(2)).await?;
    first.abort();
    // Nobody works meanwhile.
    shoals.patch_scale("herrings", &PatchParams::default(), &Patch::Merge(json!({ "spec": { "replicas": 3 } }))).await?;
    let second = start(&context);
    until("three fish", || ready(3)).await?;
    let deployments: Api<Deployment> = world.api();
    let former = deployments.get("herrings").await?;
    deployments.delete("herrings", &DeleteParams::foreground()).await?;
    until("what it owns comes back", async || Ok(deployments.get_opt("herrings").await?.is_some_and(|now| now.uid() != former.uid()))).await?;
    shoals.delete("herrings", &DeleteParams::default()).await?;
    until("all of it goes", async || Ok(shoals.get_opt("herrings").await?.is_none() && deployments.get_opt("herrings").await?.is_none())).await?;
    ensure!(context.farewells.load(Ordering::Relaxed) >= 1, "no farewell");
    second.abort();
    definitions.delete(name, &DeleteParams::default()).await?;
    Ok(())
}
