//! The resources of all payloads: a container in Kubernetes, ten attributes.

use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::resource::v1::Resource;

use super::words;
use crate::random::Random;

/// Resources in one request, unless it has fewer items than that.
pub(super) const PER_REQUEST: usize = 4;

/// The identity of one container.
pub(super) struct Container {
    namespace: &'static str,
    name: &'static str,
    pod: String,
}

impl Container {
    /// Another container each time.
    pub(super) fn new(random: &mut Random) -> Self {
        let name = random.pick(words::NOUNS);
        let pod = format!("{name}-{}-{}", random.hex(10), random.hex(5));
        Container { namespace: random.pick(&["shop", "billing", "platform"]), name, pod }
    }

    /// The resource of what this container sends.
    pub(super) fn resource(&self, random: &mut Random) -> Resource {
        let mut attributes = vec![
            words::text("service.name", self.name),
            words::text("service.version", format!("3.{}.0", random.below(40))),
            words::text("service.instance.id", random.uuid()),
            words::text("deployment.environment.name", "production"),
            words::text("telemetry.sdk.language", random.pick(&["java", "go", "python", "nodejs"])),
            words::text("cloud.region", random.pick(words::REGIONS)),
            words::text("k8s.node.name", format!("node-{}", random.hex(8))),
        ];
        attributes.extend(self.identity());
        Resource { attributes, ..Default::default() }
    }

    /// The three attributes that name the container.
    pub(super) fn identity(&self) -> [KeyValue; 3] {
        [
            words::text("k8s.namespace.name", self.namespace),
            words::text("k8s.pod.name", self.pod.clone()),
            words::text("k8s.container.name", self.name),
        ]
    }
}
