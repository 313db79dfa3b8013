use crate::{World, config_map, refused, until};
use anyhow::{Result, ensure};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{ConfigMap, Pod, Secret, Service};
use kube::api::{Api, DeleteParams, EvictParams, ListParams, Patch, PatchParams, PostParams, Preconditions, ValidationDirective};
use kube::runtime::conditions::is_deployment_completed;
use kube::runtime::wait::await_condition;
use kube::{Error, ResourceExt};
use serde_json::json;
use std::time::Duration;

pub async fn create_replace_delete(world: &World) -> Result<()> {
    let api: Api<ConfigMap> = world.api();
    let created = PostParams::default();
    let made = api.create(&created, &config_map("crud", &[("a", "1")])).await?;
    ensure!(made.uid().is_some() && made.resource_version().is_some() && made.creation_timestamp().is_some(), "system fields are missing");
    let mut changed = made.clone();
    changed.data.get_or_insert_default().insert("b".into(), "2".into());
    let replaced = api.replace("crud", &created, &changed).await?;
    ensure!(api.get("crud").await? == replaced, "it reads as something else");
    let again = api.replace("crud", &created, &replaced).await?;
    ensure!(again.resource_version() == replaced.resource_version(), "a replacement that changes nothing has a new version");
    refused("a second create", 409, api.create(&created, &config_map("crud", &[])).await)?;
    refused("a stale replacement", 409, api.replace("crud", &created, &made).await)?;
    refused("a wrong name", 422, api.create(&created, &config_map("Wrong Name", &[])).await)?;
    let tried = api.create(&PostParams { dry_run: true, ..Default::default() }, &config_map("tried", &[])).await?;
    ensure!(tried.uid().is_some() && api.get_opt("tried").await?.is_none(), "a dry run leaves something behind");
    let former = Preconditions { resource_version: made.resource_version(), uid: None };
    refused("a delete of a former version", 409, api.delete("crud", &DeleteParams { preconditions: Some(former), ..Default::default() }).await)?;
    ensure!(api.get_metadata("crud").await?.labels()["made-by"] == "kube-rs", "its metadata");
    // Others change it in between: an entry is committed with the version that was read.
    api.entry("crud").await?.and_modify(|object| drop(object.data.take())).or_insert(|| config_map("crud", &[])).commit(&created).await?;
    ensure!(api.delete("crud", &DeleteParams::default()).await?.is_right(), "no Status for what is gone at once");
    refused("after the delete", 404, api.get("crud").await)
}

pub async fn patches(world: &World) -> Result<()> {
    let api: Api<Service> = world.api();
    let service = serde_json::from_value(json!({ "metadata": { "name": "patched" }, "spec": { "ports": [{ "name": "http", "port": 80 }] } }))?;
    api.create(&PostParams::default(), &service).await?;
    let ports = |service: Service| service.spec.unwrap_or_default().ports.unwrap_or_default().iter().map(|port| port.port).collect::<Vec<_>>();
    let how = PatchParams::default();
    let patched = api.patch("patched", &how, &Patch::Strategic(json!({ "spec": { "ports": [{ "name": "https", "port": 443 }] } }))).await?;
    ensure!(ports(patched) == [443, 80]);
    let operations: json_patch::Patch = serde_json::from_value(json!([{ "op": "replace", "path": "/spec/ports/0/port", "value": 8443 }]))?;
    ensure!(ports(api.patch("patched", &how, &Patch::Json::<()>(operations)).await?) == [8443, 80]);
    let patched = api.patch("patched", &how, &Patch::Merge(json!({ "spec": { "ports": [{ "name": "only", "port": 1 }] } }))).await?;
    ensure!(ports(patched) == [1]);
    let strict = PatchParams { field_validation: Some(ValidationDirective::Strict), ..Default::default() };
    refused("an unknown field", 422, api.patch("patched", &strict, &Patch::Merge(json!({ "spec": { "port": 1 } }))).await)
}

pub async fn apply(world: &World) -> Result<()> {
    let api: Api<ConfigMap> = world.api();
    let of = |data| Patch::Apply(json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "applied" }, "data": data }));
    api.patch("applied", &PatchParams::apply("one"), &of(json!({ "a": "1", "b": "1" }))).await?;
    match api.patch("applied", &PatchParams::apply("two"), &of(json!({ "a": "2" }))).await {
        Err(Error::Api(status)) if status.code == 409 => {
            let causes = status.details.map(|details| details.causes).unwrap_or_default();
            ensure!(causes.len() == 1 && causes[0].field == ".data.a" && causes[0].reason == "FieldManagerConflict", "causes {causes:?}");
        }
        other => anyhow::bail!("what another manager owns: {other:?}"),
    }
    api.patch("applied", &PatchParams::apply("two").force(), &of(json!({ "a": "2" }))).await?;
    let left = api.patch("applied", &PatchParams::apply("one"), &of(json!({}))).await?;
    ensure!(left.data == Some([("a".into(), "2".into())].into()), "left: {:?}", left.data);
    Ok(())
}

pub async fn pages(world: &World) -> Result<()> {
    let api: Api<Secret> = world.api();
    for i in 0..7 {
        let secret = serde_json::from_value(json!({ "metadata": { "name": format!("page-{i}") } }))?;
        api.create(&PostParams::default(), &secret).await?;
    }
    let (mut seen, mut token) = (Vec::new(), None);
    loop {
        let page = api.list(&ListParams { limit: Some(3), continue_token: token, ..Default::default() }).await?;
        seen.extend(page.items.iter().map(|secret| secret.name_any()));
        token = page.metadata.continue_.filter(|token| !token.is_empty());
        ensure!(token.is_none() || page.metadata.remaining_item_count == Some(7 - seen.len() as i64), "what remains");
        if token.is_none() {
            break;
        }
    }
    ensure!(seen == (0..7).map(|i| format!("page-{i}")).collect::<Vec<_>>(), "pages of {seen:?}");
    ensure!(api.list_metadata(&ListParams::default()).await?.items.len() == 7, "as metadata");
    refused("a bad selector", 400, api.list(&ListParams::default().labels("==")).await)?;
    api.delete_collection(&DeleteParams::default(), &ListParams::default()).await?;
    ensure!(api.list(&ListParams::default()).await?.items.is_empty(), "some are left");
    Ok(())
}

pub async fn workload(world: &World) -> Result<()> {
    let api: Api<Deployment> = world.api();
    let template = json!({ "metadata": { "labels": { "app": "web" } }, "spec": { "containers": [{ "name": "c", "image": "nginx" }] } });
    let deployment = serde_json::from_value(json!({
        "metadata": { "name": "web" }, "spec": { "replicas": 2, "selector": { "matchLabels": { "app": "web" } }, "template": template },
    }))?;
    api.create(&PostParams::default(), &deployment).await?;
    let soon = Duration::from_secs(30);
    tokio::time::timeout(soon, await_condition(api.clone(), "web", is_deployment_completed())).await??;
    let scale = api.get_scale("web").await?;
    ensure!(scale.spec.unwrap_or_default().replicas == Some(2), "its scale");
    api.patch_scale("web", &PatchParams::default(), &Patch::Merge(json!({ "spec": { "replicas": 3 } }))).await?;
    let ready = async || Ok(api.get_status("web").await?.status.unwrap_or_default().ready_replicas == Some(3));
    until("three pods", &ready).await?;
    let pods: Api<Pod> = world.api();
    let some = pods.list(&ListParams::default().labels("app=web").limit(1)).await?.items.remove(0);
    pods.evict(&some.name_any(), &EvictParams::default()).await?;
    until("the evicted one goes", async || Ok(pods.get_opt(&some.name_any()).await?.is_none_or(|pod| pod.uid() != some.uid()))).await?;
    until("another one takes its place", &ready).await
}
