//! The rules: a file each, all of them listed here.

mod backend_path;
mod batch_too_early;
mod certificate_not_verified;
mod connector_misused;
mod context_lost;
mod cycle;
mod debug_page_exposed;
mod delta_to_cumulative;
mod extension_not_started;
mod id_as_label;
mod label_collision;
mod listens_everywhere;
mod named_context;
mod no_batching;
mod no_cluster_name;
mod no_memory_limiter;
mod no_queue_or_retry;
mod not_formatted;
mod plain_grpc_to_web_port;
mod plain_text_to_remote;
mod port_of_other_protocol;
mod queue_behind_batch;
mod queue_in_memory;
mod read_before_set;
mod resource_attributes_lost;
mod same_listener;
mod scraped_twice;
mod secret_in_text;
mod signal_not_supported;
mod storage_not_synced;
mod unknown_storage;
mod unused_comment;
mod unused_component;

use super::Rule;

/// All rules, in the order of their codes.
pub static RULES: &[Rule] = &[
    unused_comment::RULE,
    no_cluster_name::RULE,
    scraped_twice::RULE,
    resource_attributes_lost::RULE,
    label_collision::RULE,
    delta_to_cumulative::RULE,
    id_as_label::RULE,
    plain_grpc_to_web_port::RULE,
    port_of_other_protocol::RULE,
    backend_path::RULE,
    unused_component::RULE,
    signal_not_supported::RULE,
    connector_misused::RULE,
    cycle::RULE,
    extension_not_started::RULE,
    same_listener::RULE,
    no_memory_limiter::RULE,
    no_batching::RULE,
    batch_too_early::RULE,
    context_lost::RULE,
    read_before_set::RULE,
    no_queue_or_retry::RULE,
    queue_in_memory::RULE,
    queue_behind_batch::RULE,
    storage_not_synced::RULE,
    unknown_storage::RULE,
    listens_everywhere::RULE,
    secret_in_text::RULE,
    plain_text_to_remote::RULE,
    certificate_not_verified::RULE,
    debug_page_exposed::RULE,
    named_context::RULE,
    not_formatted::RULE,
];
