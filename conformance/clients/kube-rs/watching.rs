use crate::{World, config_map};
use anyhow::{Result, bail, ensure};
use futures::{StreamExt, TryStreamExt};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::ResourceExt;
use kube::api::{Api, DeleteParams, ListParams, Patch, PatchParams, PostParams, WatchEvent, WatchParams};
use kube::core::PartialObjectMeta;
use kube::runtime::{WatchStreamExt, reflector, watcher};
use serde_json::json;
use std::pin::pin;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(20);

/// The kinds of the next events since a version, and the version then.
async fn events(api: &Api<ConfigMap>, since: String, count: usize) -> Result<(Vec<&'static str>, String)> {
    let selected = WatchParams::default().labels("seen=yes");
    let mut stream = pin!(api.watch(&selected, &since).await?);
    let (mut seen, mut since) = (Vec::new(), since);
    while seen.len() < count {
        let (kind, object) = match tokio::time::timeout(SOON, stream.try_next()).await?? {
            Some(WatchEvent::Added(object)) => ("added", object),
            Some(WatchEvent::Modified(object)) => ("modified", object),
            Some(WatchEvent::Deleted(object)) => ("deleted", object),
            Some(WatchEvent::Bookmark(_)) => continue,
            other => bail!("the watch says {other:?}"),
        };
        since = object.resource_version().unwrap_or_default();
        seen.push(kind);
    }
    Ok((seen, since))
}

/// A watch stops, the world changes, another one goes on where the first one stopped.
pub async fn watch_resumed(world: &World) -> Result<()> {
    let api: Api<ConfigMap> = world.api();
    let since = api.list(&ListParams::default()).await?.metadata.resource_version.unwrap_or_default();
    let label = async |value: &str| {
        let labelled = Patch::Merge(json!({ "metadata": { "labels": { "seen": value } } }));
        api.patch("watched", &PatchParams::default(), &labelled).await
    };
    api.create(&PostParams::default(), &config_map("watched", &[])).await?;
    label("yes").await?;
    let (seen, since) = events(&api, since, 1).await?;
    ensure!(seen == ["added"], "{seen:?}");
    api.patch("watched", &PatchParams::default(), &Patch::Merge(json!({ "data": { "a": "b" } }))).await?;
    label("no").await?;
    label("yes").await?;
    api.delete("watched", &DeleteParams::default()).await?;
    let (seen, _) = events(&api, since, 4).await?;
    ensure!(seen == ["modified", "deleted", "added", "deleted"], "{seen:?}");
    Ok(())
}

pub async fn reflector_restarted(world: &World) -> Result<()> {
    let api: Api<ConfigMap> = world.api();
    let metadata: Api<PartialObjectMeta<ConfigMap>> = world.api();
    for round in 0..4 {
        let semantic = watcher::Config::default().labels("made-by=kube-rs");
        let config = if round % 2 == 0 { semantic.page_size(2) } else { semantic.streaming_lists() };
        let (store, writer) = reflector::store();
        let (names, partial) = reflector::store();
        let whole = tokio::spawn(watcher(api.clone(), config.clone()).reflect(writer).for_each(async |_| ()));
        let part = tokio::spawn(watcher(metadata.clone(), config).reflect(partial).for_each(async |_| ()));
        tokio::time::timeout(SOON, store.wait_until_ready()).await??;
        tokio::time::timeout(SOON, names.wait_until_ready()).await??;
        let stored = api.list(&ListParams::default().labels("made-by=kube-rs")).await?.items;
        let mut kept: Vec<ConfigMap> = store.state().iter().map(|object| object.as_ref().clone()).collect();
        kept.sort_by_key(|object| object.name_any());
        ensure!(kept == stored, "round {round}: {} kept, {} stored", kept.len(), stored.len());
        ensure!(names.len() == stored.len(), "round {round}: {} of metadata", names.len());
        api.create(&PostParams::default(), &config_map(&format!("kept-{round}"), &[("round", &round.to_string())])).await?;
        crate::until("what is made is kept", async || {
            Ok(store.find(|object| object.name_any() == format!("kept-{round}")).is_some() && names.len() == stored.len() + 1)
        })
        .await?;
        whole.abort();
        part.abort();
        // Meanwhile.
        api.patch(&format!("kept-{round}"), &PatchParams::default(), &Patch::Merge(json!({ "data": { "changed": "yes" } }))).await?;
        if round > 0 {
            api.delete(&format!("kept-{}", round - 1), &DeleteParams::default()).await?;
        }
    }
    Ok(())
}
