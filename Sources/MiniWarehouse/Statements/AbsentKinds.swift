import WarehouseBasics
import WarehouseSQL

/// Kinds of object that Snowflake keeps and this warehouse does not: none of them ever exists, so that lists of them
/// are empty, and `DROP … IF EXISTS` and `ALTER … IF EXISTS` find nothing, as set-up scripts expect.
enum AbsentKinds {
    /// The columns that SHOW gives, by family.
    private static let columns: [String: String] = [
        "ALERTS": "created_on@ name database_name schema_name owner comment warehouse schedule state condition action "
            + "owner_role_type",
        "DYNAMIC TABLES": "created_on@ name database_name schema_name cluster_by rows# bytes# owner target_lag "
            + "refresh_mode refresh_mode_reason warehouse comment text automatic_clustering scheduling_state "
            + "last_suspended_on@ is_clone is_replica data_timestamp@ owner_role_type",
        "EXTERNAL TABLES": "created_on@ name database_name schema_name invalid invalid_reason owner comment stage "
            + "location file_format_name file_format_type cloud region notification_channel last_refreshed_on@ "
            + "table_format last_refresh_details owner_role_type",
        "MASKING POLICIES": policy, "ROW ACCESS POLICIES": policy, "PASSWORD POLICIES": policy,
        "SESSION POLICIES": policy, "AGGREGATION POLICIES": policy, "PROJECTION POLICIES": policy,
        "NETWORK POLICIES": "created_on@ name comment entries_in_allowed_ip_list# entries_in_blocked_ip_list# "
            + "entries_in_allowed_network_rules# entries_in_blocked_network_rules#",
        "PIPES": "created_on@ name database_name schema_name definition owner notification_channel comment integration "
            + "pattern error_integration owner_role_type invalid_reason kind",
        "PROCEDURES": procedure, "USER PROCEDURES": procedure,
        "RESOURCE MONITORS": "name credit_quota used_credits remaining_credits level frequency start_time@ end_time@ "
            + "notify_at suspend_at suspend_immediately_at created_on@ owner comment notify_users",
        "SECRETS": "created_on@ name schema_name database_name owner comment secret_type oauth_scopes owner_role_type",
        "SHARES": "created_on@ kind owner_account name database_name to owner comment listing_global_name "
            + "secure_objects_only",
        "STREAMS": "created_on@ name database_name schema_name owner comment table_name source_type base_tables type "
            + "stale mode stale_after@ invalid_reason owner_role_type",
        "TASKS": "created_on@ name id database_name schema_name owner comment warehouse schedule predecessors state "
            + "definition condition allow_overlapping_execution error_integration last_committed_on@ "
            + "last_suspended_on@ owner_role_type config budget task_relations last_suspended_reason",
    ]

    private static let procedure = "created_on@ name schema_name is_builtin is_aggregate is_ansi min_num_arguments# "
        + "max_num_arguments# arguments description catalog_name is_table_function valid_for_clustering is_secure secrets "
        + "external_access_integrations"

    private static let policy = "created_on@ name database_name schema_name kind owner comment owner_role_type options"

    private static let kinds: Set<ObjectKind> = [
        .alert, .dynamicTable, .externalTable, .hybridTable, .icebergTable, .eventTable, .maskingPolicy,
        .rowAccessPolicy, .networkPolicy, .networkRule, .passwordPolicy, .sessionPolicy, .aggregationPolicy,
        .projectionPolicy, .authenticationPolicy, .pipe, .resourceMonitor, .secret, .share, .stream, .task, .streamlit,
        .notebook, .gitRepository, .computePool, .service, .failoverGroup, .replicationGroup, .semanticView,
        .cortexSearchService, .interactiveTable, .externalVolume, .model,
    ]

    /// The empty list, or nil where the family is not one of these.
    static func show(_ family: String) -> ResultSet? { columns[family].map { RowBuilder($0).result } }

    /// What DROP and ALTER answer; nil where such objects can exist.
    static func missing(_ kind: ObjectKind, _ name: ObjectReference, ifExists: Bool, isDrop: Bool,
                        _ run: StatementRun) throws -> ResultSet? {
        guard kinds.contains(kind) else { return nil }
        let parts = try run.parts(name).map(Identifiers.quoted)
        if ifExists {
            return .status(isDrop ? "Drop statement executed successfully (\(parts[parts.count - 1]) already dropped)."
                : "Statement executed successfully.")
        }
        let words = kind.rawValue
        let noun = words.prefix(1) + words.dropFirst().lowercased()
        throw WarehouseError(
            .objectNotFound, "SQL compilation error:\n\(noun) '\(parts.joined(separator: "."))' does not exist or not "
                + "authorized.", hint: "This warehouse keeps no objects of that kind.", span: name.span)
    }
}
