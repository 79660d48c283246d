import WarehouseBasics

/// Privileges of each kind of object, after Snowflake's access control reference.
enum PrivilegeKinds {
    static let byKind: [String: [String]] = [
        "ACCOUNT": ["APPLY MASKING POLICY", "APPLY TAG", "CREATE DATABASE", "CREATE INTEGRATION", "CREATE ROLE", "CREATE USER",
                    "CREATE WAREHOUSE", "EXECUTE TASK", "IMPORT SHARE", "MANAGE GRANTS", "MANAGE WAREHOUSES", "MONITOR",
                    "MONITOR EXECUTION", "MONITOR ROLE", "MONITOR USAGE", "MONITOR USER", "RESOLVE ALL"],
        "DATABASE": ["APPLYBUDGET", "CREATE DATABASE ROLE", "CREATE SCHEMA", "IMPORTED PRIVILEGES", "MODIFY", "MONITOR",
                     "REFERENCE_USAGE", "USAGE"],
        "SCHEMA": ["ADD SEARCH OPTIMIZATION", "APPLYBUDGET", "CREATE DYNAMIC TABLE", "CREATE EXTERNAL TABLE",
                   "CREATE FILE FORMAT", "CREATE FUNCTION", "CREATE MASKING POLICY", "CREATE MATERIALIZED VIEW",
                   "CREATE PIPE", "CREATE PROCEDURE", "CREATE ROW ACCESS POLICY", "CREATE SEQUENCE", "CREATE STAGE",
                   "CREATE STREAM", "CREATE TABLE", "CREATE TAG", "CREATE TASK", "CREATE TEMPORARY TABLE",
                   "CREATE VIEW", "MODIFY", "MONITOR", "USAGE"],
        "TABLE": ["APPLYBUDGET", "DELETE", "EVOLVE SCHEMA", "INSERT", "REBUILD", "REFERENCES", "SELECT", "TRUNCATE",
                  "UPDATE"],
        "VIEW": ["DELETE", "INSERT", "REBUILD", "REFERENCES", "SELECT", "TRUNCATE", "UPDATE"],
        "STAGE": ["READ", "USAGE", "WRITE"],
        "FILE FORMAT": ["USAGE"],
        "SEQUENCE": ["USAGE"],
        "FUNCTION": ["USAGE"],
        "TAG": ["APPLY", "READ"],
        "WAREHOUSE": ["APPLYBUDGET", "MODIFY", "MONITOR", "OPERATE", "USAGE"],
        "INTEGRATION": ["USAGE", "USE_ANY_ROLE"],
        "USER": ["MONITOR"],
        // Roles themselves are granted by GRANT ROLE and GRANT DATABASE ROLE.
        "ROLE": [],
        "DATABASE ROLE": [],
    ]

    /// What ALL does not mean: these concern shares.
    private static let ofShares: Set<String> = ["IMPORTED PRIVILEGES", "REFERENCE_USAGE"]

    /// What ALL means for an object of that kind; `isExternal` of a stage.
    static func all(of kind: String, isExternal: Bool = false) -> [String] {
        if kind == "STAGE" { return isExternal ? ["USAGE"] : ["READ", "WRITE"] }
        return (byKind[kind] ?? []).filter { !ofShares.contains($0) }
    }

    static func check(_ names: [String], on kind: String) throws {
        let known = byKind[kind] ?? []
        for name in names where name != "OWNERSHIP" && !known.contains(name) {
            throw WarehouseError(
                .syntax, "SQL compilation error:\nInvalid privilege '\(name)' for object type '\(kind)'.",
                hint: known.isEmpty ? "GRANT \(kind) … TO … grants the role itself."
                    : "Privileges of a \(kind): \(known.joined(separator: ", ")).")
        }
    }
}
