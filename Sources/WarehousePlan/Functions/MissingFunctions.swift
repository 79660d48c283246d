/// Functions of Snowflake's reference that this warehouse does not have: a call says so by name, so that it is not taken
/// for a misspelt one.
public enum MissingFunctions {
    /// Families by the beginning of their names: services, geography, vectors, files, maps.
    private static let families = [
        "AI_", "ST_", "H3_", "VECTOR_", "MAP_", "FL_", "SYSTEM$", "DATASKETCHES_", "INTERPOLATE_", "BUILD_", "SNOWFLAKE$",
        "EXTRACT_SEMANTIC_", "IS_GRANTED_", "TO_GEO", "TRY_TO_GEO", "DP_", "CORTEX_", "MODEL_",
    ]

    public static let names: Set<String> = [
        "ALERT_OVERVIEW", "ALL_USER_NAMES", "CHECK_XML", "COLLATE", "COLLATION", "CUMULATIVE_PRIVACY_LOSSES",
        "CURRENT_IP_ADDRESS", "DECRYPT", "DECRYPT_RAW", "ENCRYPT",
        "ENCRYPT_RAW", "ESTIMATE_REMAINING_DP_AGGREGATES", "EXPLAIN_JSON", "EXPLAIN_GRANTABLE_PRIVILEGES",
        "GET_ABSOLUTE_PATH", "GET_ANACONDA_PACKAGES_REPODATA", "GET_CONTACTS",
        "GET_CONDITION_QUERY_UUID", "GET_OBJECT_REFERENCES", "GET_PRESIGNED_URL",
        "GET_PYTHON_PROFILER_OUTPUT", "GET_RELATIVE_PATH", "GET_STAGE_LOCATION", "IS_APPLICATION_ROLE_IN_SESSION",
        "IS_INSTANCE_ROLE_IN_SESSION", "IS_ORGANIZATION_USER",
        "LAST_TRANSACTION", "PARSE_XML", "POLICY_CONTEXT", "REGR_VALXY", "ROLE_REFERENCES", "SANITIZE_WEBHOOK_CONTENT",
        "SEARCH", "SEARCH_IP", "TEXT_HTML", "TO_DECFLOAT", "TO_FILE", "TO_QUERY", "TO_XML", "TRY_DECRYPT",
        "TRY_DECRYPT_RAW", "TRY_TO_DECFLOAT", "TRY_TO_FILE", "XMLGET",
    ]

    /// Whether Snowflake has a function of that name (upper case) that is missing here.
    public static func contains(_ name: String) -> Bool {
        names.contains(name) || families.contains { name.hasPrefix($0) }
    }
}
