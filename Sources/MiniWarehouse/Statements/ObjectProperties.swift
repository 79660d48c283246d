import WarehouseBasics

/// Properties that Snowflake's CREATE and ALTER … SET of an object take (docs.snowflake.com/sql-reference/sql/create-table
/// and the pages of the other kinds). Those that mean nothing here are taken too, so that scripts for Snowflake run;
/// any other is most likely a typing error, and is refused.
enum ObjectProperties {
    static func check(_ reader: PropertyReader, of kind: EntryKind) throws {
        guard let known = known(kind) else { return }
        try reader.check(known, of: kind.title.uppercased())
    }

    /// Nil for kinds that look at their properties themselves.
    static func known(_ kind: EntryKind) -> [String]? {
        switch kind {
        case .table: common + past + table
        case .view: common + ["CHANGE_TRACKING", "COPY GRANTS", "COPY TAGS"]
        case .schema, .database: common + past + container + SessionParameters.defaults.keys
        case .sequence: common + ["START", "INCREMENT", "ORDER", "NOORDER"]
        case .role, .databaseRole: common
        default: nil
        }
    }

    private static let common = ["COMMENT", "TAG", "CONTACT"]
    private static let past = [Retention.property, "MAX_DATA_EXTENSION_TIME_IN_DAYS", "DEFAULT_DDL_COLLATION"]
    private static let table = [
        "CHANGE_TRACKING", "COPY GRANTS", "COPY TAGS", "ENABLE_SCHEMA_EVOLUTION", "ENABLE_DATA_COMPACTION", "ERROR_LOGGING",
        "ROW_TIMESTAMP", "STAGE_COPY_OPTIONS", "STAGE_FILE_FORMAT",
    ]
    private static let container = [
        "BASE_LOCATION_PREFIX", "CATALOG", "CATALOG_SYNC", "CATALOG_SYNC_NAMESPACE_FLATTEN_DELIMITER",
        "CATALOG_SYNC_NAMESPACE_MODE", "CLASSIFICATION_PROFILE", "DEFAULT_NOTEBOOK_COMPUTE_POOL_CPU",
        "DEFAULT_NOTEBOOK_COMPUTE_POOL_GPU", "DEFAULT_STREAMLIT_NOTEBOOK_WAREHOUSE", "ENABLE_CONSOLE_OUTPUT",
        "ENABLE_DATA_COMPACTION", "ENABLE_ICEBERG_MERGE_ON_READ", "EVENT_TABLE", "EXTERNAL_VOLUME", "ICEBERG_VERSION_DEFAULT",
        "LOG_EVENT_LEVEL", "LOG_LEVEL", "METRIC_LEVEL", "OBJECT_VISIBILITY", "PIPE_EXECUTION_PAUSED",
        "REPLACE_INVALID_CHARACTERS", "SERVERLESS_TASK_MAX_STATEMENT_SIZE", "SERVERLESS_TASK_MIN_STATEMENT_SIZE",
        "STORAGE_SERIALIZATION_POLICY", "SUSPEND_TASK_AFTER_NUM_FAILURES", "TASK_AUTO_RETRY_ATTEMPTS", "TRACE_LEVEL",
        "USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE", "USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS", "USER_TASK_TIMEOUT_MS",
        "WITH MANAGED ACCESS",
    ]
}
