/**
 * Names of series by who shows them. Of an exporter the ones that rules usually read: another of its prefix may well be there, but one that is
 * a letter away from these is misspelt.
 */
import type { MetricsEndpoint } from '../../model.ts';

export type MetricFamily = Readonly<{ job: string | null; names: ReadonlySet<string> }>;

function words(source: string): ReadonlySet<string> {
  return new Set(source.trim().split(/\s+/));
}

/** Prometheus' own of every target, and of nobody in particular. */
const SYNTHETIC = words(
  'up scrape_duration_seconds scrape_samples_scraped scrape_samples_post_metric_relabeling scrape_series_added ALERTS ALERTS_FOR_STATE',
);

const FAMILIES: readonly (readonly [prefix: string, family: MetricFamily])[] = [
  [
    'node_',
    {
      job: 'infrastructure',
      names:
        words(`node_cpu_seconds_total node_load1 node_load5 node_load15 node_memory_MemAvailable_bytes node_memory_MemTotal_bytes
        node_memory_MemFree_bytes node_memory_Cached_bytes node_memory_Buffers_bytes node_filesystem_avail_bytes node_filesystem_free_bytes
        node_filesystem_size_bytes node_filesystem_readonly node_filesystem_files node_filesystem_files_free node_disk_read_bytes_total
        node_disk_written_bytes_total node_disk_io_time_seconds_total node_network_receive_bytes_total node_network_transmit_bytes_total
        node_vmstat_oom_kill node_timex_sync_status node_timex_maxerror_seconds node_boot_time_seconds node_time_seconds`),
    },
  ],
  [
    'pg_',
    {
      job: 'postgresql',
      names: words(`pg_up pg_stat_activity_count pg_stat_activity_max_tx_duration pg_settings_max_connections
        pg_settings_superuser_reserved_connections pg_stat_database_deadlocks pg_stat_database_blks_hit pg_stat_database_blks_read
        pg_stat_database_numbackends pg_stat_database_xact_commit pg_stat_database_xact_rollback pg_database_size_bytes
        pg_stat_archiver_failed_count pg_replication_lag_seconds pg_replication_is_replica pg_long_running_transactions
        pg_long_running_transactions_oldest_timestamp_seconds pg_locks_count pg_exporter_last_scrape_error pg_postmaster_start_time_seconds
        pg_stat_statements_seconds_total pg_stat_statements_calls_total pg_stat_bgwriter_checkpoint_write_time_total pg_static`),
    },
  ],
  [
    'mysql_',
    {
      job: 'mysql',
      names:
        words(`mysql_up mysql_global_status_threads_connected mysql_global_status_threads_running mysql_global_variables_max_connections
        mysql_global_status_slow_queries mysql_global_status_uptime mysql_global_status_questions mysql_global_status_queries
        mysql_global_status_aborted_connects mysql_global_status_connection_errors_total mysql_global_status_innodb_row_lock_waits
        mysql_global_status_innodb_row_lock_time mysql_global_variables_long_query_time mysql_exporter_last_scrape_error`),
    },
  ],
  [
    'redis_',
    {
      job: 'redis',
      names:
        words(`redis_up redis_memory_used_bytes redis_memory_max_bytes redis_rejected_connections_total redis_evicted_keys_total
        redis_connected_clients redis_config_maxclients redis_keyspace_hits_total redis_keyspace_misses_total redis_commands_processed_total
        redis_blocked_clients redis_expired_keys_total redis_rdb_last_bgsave_status redis_aof_last_write_status redis_uptime_in_seconds
        redis_exporter_last_scrape_error redis_db_keys redis_slowlog_length`),
    },
  ],
  [
    'probe_',
    {
      job: 'probe',
      names:
        words(`probe_success probe_duration_seconds probe_http_status_code probe_http_duration_seconds probe_http_ssl
        probe_ssl_earliest_cert_expiry probe_dns_lookup_time_seconds probe_failed_due_to_regex probe_http_version`),
    },
  ],
  [
    'prometheus_',
    {
      job: 'prometheus',
      names: words(`prometheus_config_last_reload_successful prometheus_config_last_reload_success_timestamp_seconds
        prometheus_rule_evaluation_failures_total prometheus_rule_group_iterations_missed_total prometheus_rule_group_iterations_total
        prometheus_rule_group_last_duration_seconds prometheus_rule_group_interval_seconds prometheus_notifications_alertmanagers_discovered
        prometheus_notifications_dropped_total prometheus_notifications_errors_total prometheus_notifications_sent_total
        prometheus_notifications_queue_length prometheus_notifications_queue_capacity prometheus_tsdb_head_samples_appended_total
        prometheus_tsdb_head_series prometheus_tsdb_reloads_failures_total prometheus_tsdb_compactions_failed_total
        prometheus_tsdb_wal_corruptions_total prometheus_target_scrapes_exceeded_sample_limit_total prometheus_build_info`),
    },
  ],
  [
    'alertmanager_',
    {
      job: 'alertmanager',
      names: words(`alertmanager_config_last_reload_successful alertmanager_config_last_reload_success_timestamp_seconds
        alertmanager_notifications_failed_total alertmanager_notifications_total alertmanager_notification_requests_failed_total
        alertmanager_notification_requests_total alertmanager_alerts alertmanager_alerts_received_total alertmanager_alerts_invalid_total
        alertmanager_notification_latency_seconds_bucket alertmanager_notification_latency_seconds_count
        alertmanager_notification_latency_seconds_sum alertmanager_cluster_members alertmanager_build_info`),
    },
  ],
];

/** Who shows a series, by its prefix; null: a service does, if anybody. */
export function familyOf(metric: string): MetricFamily | null {
  if (SYNTHETIC.has(metric)) return { job: null, names: SYNTHETIC };
  return FAMILIES.find(([prefix]) => metric.startsWith(prefix))?.[1] ?? null;
}

/** What prom-client shows on its own. `nodejs_heap_size_limit_bytes` is our preloaded module's. */
const PROCESS =
  words(`process_cpu_user_seconds_total process_cpu_system_seconds_total process_cpu_seconds_total process_start_time_seconds
  process_resident_memory_bytes process_virtual_memory_bytes process_heap_bytes process_open_fds process_max_fds nodejs_eventloop_lag_seconds
  nodejs_eventloop_lag_min_seconds nodejs_eventloop_lag_max_seconds nodejs_eventloop_lag_mean_seconds nodejs_eventloop_lag_stddev_seconds
  nodejs_eventloop_lag_p50_seconds nodejs_eventloop_lag_p90_seconds nodejs_eventloop_lag_p99_seconds nodejs_active_resources
  nodejs_active_resources_total nodejs_active_handles nodejs_active_handles_total nodejs_active_requests nodejs_active_requests_total
  nodejs_heap_size_total_bytes nodejs_heap_size_used_bytes nodejs_external_memory_bytes nodejs_heap_space_size_total_bytes
  nodejs_heap_space_size_used_bytes nodejs_heap_space_size_available_bytes nodejs_version_info nodejs_gc_duration_seconds_bucket
  nodejs_gc_duration_seconds_sum nodejs_gc_duration_seconds_count`);

/** Series of a service: what its code declares, what its library adds, what our module shows. */
export function seriesOfService({ source, library, defaults, declared }: MetricsEndpoint): readonly string[] {
  const requests = { name: 'http_request_duration_seconds', kind: 'histogram' } as const;
  const onClient = library !== null && !library.startsWith('@opentelemetry/');
  return [
    ...(source === 'preload' ? [...PROCESS, 'nodejs_heap_size_limit_bytes', ...seriesOf(requests)] : []),
    ...(onClient && defaults ? PROCESS : []),
    ...declared.flatMap(seriesOf),
  ];
}

function seriesOf({ name, kind }: Readonly<{ name: string; kind: string }>): readonly string[] {
  if (kind === 'histogram') return [`${name}_bucket`, `${name}_sum`, `${name}_count`];
  return kind === 'summary' ? [name, `${name}_sum`, `${name}_count`] : [name];
}

/** The known name that is at most two letters away; null: none is. */
export function nearest(metric: string, names: ReadonlySet<string>): string | null {
  let best: string | null = null;
  let least = 3;
  for (const name of names) {
    if (Math.abs(name.length - metric.length) >= least) continue;
    const found = distance(metric, name);
    if (found < least) [best, least] = [name, found];
  }
  return best;
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, (row[j - 1] as number) + same));
    }
    row = next;
  }
  return row[b.length] as number;
}
