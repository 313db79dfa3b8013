//! A client written with kube-rs (rustls) against the cluster of $KUBECONFIG: its API, watchers, reflectors and controller.
//! It ends with the first surprise and exit code 1. kube-rs has no leader election.

mod controller;
mod objects;
mod watching;

use anyhow::{Result, bail};
use k8s_openapi::api::core::v1::{ConfigMap, Namespace};
use kube::api::{Api, DeleteParams, ObjectMeta, PostParams};
use kube::{Client, Error, ResourceExt};
use std::time::Duration;

/// What the checks share.
#[derive(Clone)]
pub struct World {
    pub client: Client,
    pub namespace: String,
}

impl World {
    pub fn api<K>(&self) -> Api<K>
    where
        K: kube::Resource<Scope = k8s_openapi::NamespaceResourceScope>,
        K::DynamicType: Default,
    {
        Api::namespaced(self.client.clone(), &self.namespace)
    }
}

pub fn config_map(name: &str, data: &[(&str, &str)]) -> ConfigMap {
    ConfigMap {
        metadata: ObjectMeta {
            name: Some(name.into()),
            labels: Some([("made-by".into(), "kube-rs".into())].into()),
            ..Default::default()
        },
        data: Some(data.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()),
        ..Default::default()
    }
}

/// Fails unless a call was refused with this code.
pub fn refused<T>(what: &str, code: u16, result: kube::Result<T>) -> Result<()> {
    match result {
        Err(Error::Api(status)) if status.code == code => Ok(()),
        Err(error) => bail!("{what}: {error} instead of {code}"),
        Ok(_) => bail!("{what}: not refused"),
    }
}

/// Asks again until it is so: what the cluster does by itself takes its time.
pub async fn until<F>(what: &str, mut condition: impl FnMut() -> F) -> Result<()>
where
    F: Future<Output = Result<bool>>,
{
    for _ in 0..600 {
        if condition().await? {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bail!("{what}: not within 30 s")
}

async fn run(world: &World) -> Result<()> {
    objects::create_replace_delete(world).await?;
    println!("ok create, replace, delete");
    objects::patches(world).await?;
    println!("ok patches of three sorts");
    objects::apply(world).await?;
    println!("ok two managers apply");
    objects::pages(world).await?;
    println!("ok lists in pages");
    objects::workload(world).await?;
    println!("ok a workload, its scale, an eviction");
    watching::watch_resumed(world).await?;
    println!("ok a watch goes on where it stopped");
    watching::reflector_restarted(world).await?;
    println!("ok a reflector that is restarted, by lists and by streams");
    controller::reconcile(world).await?;
    println!("ok a controller of a kind of its own");
    Ok(())
}

#[tokio::main]
async fn main() -> Result<()> {
    let client = Client::try_default().await?;
    let namespaces: Api<Namespace> = Api::all(client.clone());
    let mut namespace = Namespace::default();
    namespace.metadata.generate_name = Some("kube-rs-".into());
    let namespace = namespaces.create(&PostParams::default(), &namespace).await?.name_any();
    let result = run(&World { client, namespace: namespace.clone() }).await;
    namespaces.delete(&namespace, &DeleteParams::default()).await?;
    result
}
