/// The roles that are there from the start, and what they hold without a grant that could be revoked.
enum SystemRoles {
    static let administrator = "ACCOUNTADMIN"
    /// Granted to every user and every role.
    static let everyone = "PUBLIC"
    static let names = ["ACCOUNTADMIN", "ORGADMIN", "SECURITYADMIN", "USERADMIN", "SYSADMIN", "PUBLIC"]
    /// What CURRENT_ACCOUNT says.
    static let account = "LOCAL"
    /// To these only the account administrator may raise anybody.
    static let guarded: Set<String> = ["ACCOUNTADMIN", "ORGADMIN"]

    private static let privileges: [String: Set<String>] = [
        "SECURITYADMIN": ["MANAGE GRANTS"],
        "USERADMIN": ["CREATE USER", "CREATE ROLE"],
        "SYSADMIN": ["CREATE DATABASE", "CREATE WAREHOUSE"],
    ]

    /// Whether a role holds a privilege on the account by what it is.
    static func holds(_ role: String, _ privilege: String) -> Bool {
        role == administrator || privileges[role]?.contains(privilege) == true
    }

    /// Those privileges, as SHOW GRANTS lists them.
    static func held(by role: String) -> [String] {
        role == administrator ? PrivilegeKinds.byKind["ACCOUNT"] ?? [] : (privileges[role] ?? []).sorted()
    }
}
