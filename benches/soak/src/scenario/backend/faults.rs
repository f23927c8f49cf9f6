//! What can be wrong with a backend, and what must become of the items meanwhile.

use std::time::Duration;

use holt_load::server::Refusal;

use crate::backend::Behaviour;
use crate::collector::config::Exporter;

/// gRPC status codes.
const INVALID_ARGUMENT: u8 = 3;
const RESOURCE_EXHAUSTED: u8 = 8;
const UNAVAILABLE: u8 = 14;

/// When a backend that says so wants to be asked again.
const AFTER: Duration = Duration::from_secs(1);

/// A kind of trouble.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// What tables call it.
    pub name: &'static str,
    /// What the backend does.
    pub trouble: Trouble,
    /// Whether items may be dropped: the backend said that it will never take them.
    pub drops: bool,
}

/// What a backend does while there is trouble.
#[derive(Clone, Debug, PartialEq)]
pub enum Trouble {
    /// The same all the time.
    Steady(Behaviour),
    /// It goes and comes back, again and again.
    Flapping,
    /// Its certificate ends, and it is restarted with the same one.
    Expired,
}

impl Fault {
    fn steady(name: &'static str, behaviour: Behaviour) -> Fault {
        Fault { name, trouble: Trouble::Steady(behaviour), drops: false }
    }

    fn refusing(name: &'static str, code: u8, after: Option<Duration>) -> Fault {
        let refusal = Refusal { after, ..Refusal::new(code, "soak") };
        Fault::steady(name, Behaviour::Refuse(refusal))
    }

    fn final_(self) -> Fault {
        Fault { drops: true, ..self }
    }

    /// All that an exporter can meet; the first is the one whose length is worth varying.
    pub fn all(exporter: Exporter) -> Vec<Fault> {
        let mut faults = vec![
            Fault::steady("down", Behaviour::Down),
            Fault { name: "flapping", trouble: Trouble::Flapping, drops: false },
            Fault { name: "certificate expires", trouble: Trouble::Expired, drops: false },
            Fault::steady("accepts, never answers", Behaviour::Hang),
            Fault::steady("reset in mid-body", Behaviour::Reset),
        ];
        faults.extend(match exporter {
            Exporter::Otlp => vec![
                Fault::refusing("UNAVAILABLE", UNAVAILABLE, None),
                Fault::refusing("UNAVAILABLE with RetryInfo", UNAVAILABLE, Some(AFTER)),
                Fault::refusing(
                    "RESOURCE_EXHAUSTED with RetryInfo",
                    RESOURCE_EXHAUSTED,
                    Some(AFTER),
                ),
                Fault::refusing("RESOURCE_EXHAUSTED", RESOURCE_EXHAUSTED, None).final_(),
                Fault::refusing("INVALID_ARGUMENT", INVALID_ARGUMENT, None).final_(),
            ],
            Exporter::OtlpHttp => vec![
                Fault::refusing("503", UNAVAILABLE, None),
                Fault::refusing("503 with Retry-After", UNAVAILABLE, Some(AFTER)),
                Fault::refusing("429 with Retry-After", RESOURCE_EXHAUSTED, Some(AFTER)),
                Fault::refusing("400", INVALID_ARGUMENT, None).final_(),
            ],
        });
        faults
    }
}
