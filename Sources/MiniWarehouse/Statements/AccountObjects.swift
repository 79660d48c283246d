import WarehouseBasics
import WarehouseSQL

/// ALTER ACCOUNT: the parameters that sessions begin with, and the retention time of what says nothing itself.
enum AccountDefinition {
    static func alter(_ action: AlterObjectAction, _ run: StatementRun) throws -> ResultSet {
        try run.define { transaction in
            var entry = try run.catalog().account ?? CatalogEntry(
                id: transaction.store.allocateID(), kind: .account, parent: nil, name: SystemRoles.account, owner: "",
                createdAt: run.timestamp)
            switch action {
            case .set(let properties):
                for property in properties where property.name != Retention.property {
                    entry.attributes[property.name] = .text(try SessionParameters.value(of: property, in: run))
                }
                try Retention.apply(PropertyReader(properties: properties, run: run), to: &entry)
            case .unset(let names):
                for name in names {
                    if name == Retention.property {
                        entry.attributes[Retention.attribute] = nil
                    } else {
                        try SessionParameters.check(name)
                        entry.attributes[name] = nil
                    }
                }
            case .setTags, .unsetTags, .renameTo, .swapWith, .refresh, .command:
                throw StatementDispatcher.unsupported("this form of ALTER ACCOUNT")
            }
            entry.alteredAt = run.timestamp
            try transaction.store.put(entry)
            let catalog = try run.catalog()
            for database in catalog.all(.database) { try catalog.updateRetention(below: database, transaction.store) }
            return .status("Statement executed successfully.")
        }
    }
}

/// CREATE and ALTER WAREHOUSE: kept and shown; one machine does all the work.
enum WarehouseDefinition {
    /// A size as SHOW WAREHOUSES and QUERY_HISTORY say it.
    static func title(ofSize size: String?) -> String { titles[size ?? "XSMALL"] ?? "" }
    private static let titles = [
        "XSMALL": "X-Small", "SMALL": "Small", "MEDIUM": "Medium", "LARGE": "Large", "XLARGE": "X-Large",
        "XXLARGE": "2X-Large", "XXXLARGE": "3X-Large", "X4LARGE": "4X-Large", "X5LARGE": "5X-Large", "X6LARGE": "6X-Large",
    ]
    static let sizes = ["XSMALL", "SMALL", "MEDIUM", "LARGE", "XLARGE", "XXLARGE", "XXXLARGE", "X4LARGE", "X5LARGE",
                        "X6LARGE"]
    private static let types = ["STANDARD", "SNOWPARK-OPTIMIZED"]
    private static let spellings = [
        "X-SMALL": "XSMALL", "X-LARGE": "XLARGE", "2X-LARGE": "XXLARGE", "X2LARGE": "XXLARGE", "3X-LARGE": "XXXLARGE",
        "X3LARGE": "XXXLARGE", "4X-LARGE": "X4LARGE", "5X-LARGE": "X5LARGE", "6X-LARGE": "X6LARGE",
    ]
    static let accepted: Set<String> = [
        "WAREHOUSE_SIZE", "AUTO_SUSPEND", "AUTO_RESUME", "INITIALLY_SUSPENDED", "MIN_CLUSTER_COUNT",
        "MAX_CLUSTER_COUNT", "SCALING_POLICY", "COMMENT", "WAREHOUSE_TYPE", "RESOURCE_MONITOR",
        "ENABLE_QUERY_ACCELERATION", "QUERY_ACCELERATION_MAX_SCALE_FACTOR", "MAX_CONCURRENCY_LEVEL",
        "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS", "STATEMENT_TIMEOUT_IN_SECONDS", "RESOURCE_CONSTRAINT", "GENERATION",
        "WAIT_FOR_COMPLETION", "TAG",
    ]

    static func apply(_ reader: PropertyReader, to entry: inout CatalogEntry) throws {
        try reader.check(accepted, of: "WAREHOUSE")
        if let size = try reader.text("WAREHOUSE_SIZE").map(Identifiers.folded) {
            let plain = spellings[size] ?? size
            guard sizes.contains(plain) else {
                throw WarehouseError(
                    .invalidValue, "SQL compilation error:\ninvalid value '\(size)' for property 'WAREHOUSE_SIZE'",
                    hint: "One of \(sizes.joined(separator: ", ")).")
            }
            entry.attributes["SIZE"] = .text(plain)
        }
        if let seconds = try autoSuspend(reader) { entry.attributes["AUTO_SUSPEND"] = .integer(seconds) }
        if let resume = try reader.flag("AUTO_RESUME") { entry.attributes["AUTO_RESUME"] = .flag(resume) }
        if let suspended = try reader.flag("INITIALLY_SUSPENDED") {
            entry.attributes["STATE"] = .text(suspended ? "SUSPENDED" : "STARTED")
        }
        for name in ["MIN_CLUSTER_COUNT", "MAX_CLUSTER_COUNT", "STATEMENT_TIMEOUT_IN_SECONDS",
                     "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS", "MAX_CONCURRENCY_LEVEL"] {
            guard let value = try reader.integer(name) else { continue }
            if let wanted = StatementLimits.problem(name, String(value)) {
                throw WarehouseError(.invalidValue, "SQL compilation error:\ninvalid value '\(value)' for property '\(name)'",
                                     hint: "It takes \(wanted).")
            }
            entry.attributes[name] = .integer(value)
        }
        if let type = try reader.text("WAREHOUSE_TYPE").map(Identifiers.folded) {
            guard types.contains(type) else {
                throw WarehouseError(
                    .invalidValue, "SQL compilation error:\ninvalid value '\(type)' for property 'WAREHOUSE_TYPE'",
                    hint: "One of \(types.joined(separator: ", ")).")
            }
            entry.attributes["TYPE"] = .text(type)
        }
        if let policy = try reader.text("SCALING_POLICY") {
            entry.attributes["SCALING_POLICY"] = .text(Identifiers.folded(policy))
        }
    }

    private static func autoSuspend(_ reader: PropertyReader) throws -> Int64? {
        if case .null? = reader.properties["AUTO_SUSPEND"] { return 0 }
        return try reader.integer("AUTO_SUSPEND")
    }
}

extension CatalogEntry {
    /// Of a warehouse.
    var isSuspended: Bool { text("STATE") == "SUSPENDED" }
}

/// CREATE and ALTER USER. The password is kept only as a salted hash and shown nowhere.
enum UserDefinition {
    /// What a user may set of its own: the standards of its sessions.
    static func isOwnMatter(_ name: String) -> Bool {
        ["DEFAULT_ROLE", "DEFAULT_WAREHOUSE", "DEFAULT_NAMESPACE", "DEFAULT_SECONDARY_ROLES"].contains(name)
            || SessionParameters.defaults[name] != nil
    }

    /// The secondary roles that a user's sessions begin with. Of users that CREATE USER made all, unless it says otherwise.
    static func secondaryRoles(of user: CatalogEntry) -> SecondaryRoleChoice {
        switch user.attributes["DEFAULT_SECONDARY_ROLES"]?.list {
        case nil: user.name == Bootstrap.user ? .none : .all
        case []?: .none
        case let names?: names.contains("ALL") ? .all : .named(names)
        }
    }

    private static let texts = ["LOGIN_NAME", "DISPLAY_NAME", "FIRST_NAME", "MIDDLE_NAME", "LAST_NAME", "EMAIL",
                                "DEFAULT_WAREHOUSE", "DEFAULT_NAMESPACE", "DEFAULT_ROLE", "TYPE"]
    private static let folded: Set<String> = ["DEFAULT_ROLE", "TYPE", "DEFAULT_WAREHOUSE"]
    private static let others = ["PASSWORD", "COMMENT", "MUST_CHANGE_PASSWORD", "DISABLED", "DAYS_TO_EXPIRY",
                                 "MINS_TO_UNLOCK", "DEFAULT_SECONDARY_ROLES", "MINS_TO_BYPASS_MFA", "RSA_PUBLIC_KEY",
                                 "RSA_PUBLIC_KEY_2", "TAG", "NETWORK_POLICY"]
    private static let types = ["PERSON", "SERVICE", "LEGACY_SERVICE", "NULL", "SNOWFLAKE_SERVICE"]

    static func apply(_ reader: PropertyReader, to entry: inout CatalogEntry) throws {
        try reader.check(texts + others + SessionParameters.defaults.keys, of: "USER")
        for name in texts {
            guard let value = try reader.text(name) else { continue }
            entry.attributes[name] = .text(folded.contains(name) ? Identifiers.folded(value) : value)
        }
        if let type = entry.text("TYPE"), !types.contains(type) {
            throw WarehouseError(
                .invalidValue, "SQL compilation error:\ninvalid value '\(type)' for property 'TYPE'",
                hint: "One of \(types.joined(separator: ", ")).")
        }
        if let flag = try reader.flag("MUST_CHANGE_PASSWORD") { entry.attributes["MUST_CHANGE_PASSWORD"] = .flag(flag) }
        if let flag = try reader.flag("DISABLED") { entry.attributes["DISABLED"] = .flag(flag) }
        if let roles = try reader.list("DEFAULT_SECONDARY_ROLES") {
            let names = roles.map(Identifiers.folded)
            guard names.isEmpty || names == ["ALL"] else {
                throw WarehouseError(
                    .invalidValue, "SQL compilation error:\ninvalid value for property 'DEFAULT_SECONDARY_ROLES'",
                    hint: "('ALL') or ().")
            }
            entry.attributes["DEFAULT_SECONDARY_ROLES"] = .list(names)
        }
        for property in reader.properties where SessionParameters.defaults[property.name] != nil {
            entry.attributes[property.name] = .text(try SessionParameters.value(of: property, in: reader.run))
        }
        if let password = try reader.text("PASSWORD") {
            entry.attributes["PASSWORD_HASH"] = .text(try PasswordHash.make(password))
        }
    }

    /// Takes a property back. One that is not known is refused: who takes a password away must not be told that it is gone
    /// when it is not.
    static func unset(_ name: String, _ entry: inout CatalogEntry) throws {
        let known = (texts + others + SessionParameters.defaults.keys).filter { $0 != "TAG" }
        guard known.contains(name) else {
            throw WarehouseError(
                .invalidValue, "SQL compilation error:\ninvalid property '\(name)' for 'USER'",
                hint: Identifiers.hint(for: name, in: known))
        }
        switch name {
        case "COMMENT": entry.comment = ""
        case "PASSWORD": entry.attributes["PASSWORD_HASH"] = nil
        default: entry.attributes[name] = nil
        }
    }
}

/// CREATE and ALTER STORAGE INTEGRATION.
enum IntegrationDefinition {
    private static let texts = ["STORAGE_AWS_ROLE_ARN", "STORAGE_AWS_EXTERNAL_ID", "STORAGE_AWS_OBJECT_ACL"]
    private static let lists = ["STORAGE_ALLOWED_LOCATIONS", "STORAGE_BLOCKED_LOCATIONS"]

    static func apply(_ reader: PropertyReader, to entry: inout CatalogEntry) throws {
        try reader.check(texts + lists + ["TYPE", "STORAGE_PROVIDER", "ENABLED", "COMMENT", "TAG", "AZURE_TENANT_ID",
                                          "USE_PRIVATELINK_ENDPOINT"], of: "INTEGRATION")
        let type = try reader.text("TYPE").map(Identifiers.folded) ?? entry.text("TYPE") ?? ""
        guard type == "EXTERNAL_STAGE" else {
            throw WarehouseError(
                .invalidValue, "SQL compilation error:\nA storage integration needs TYPE = EXTERNAL_STAGE.")
        }
        entry.attributes["TYPE"] = .text(type)
        if let provider = try reader.text("STORAGE_PROVIDER") {
            entry.attributes["PROVIDER"] = .text(Identifiers.folded(provider))
        }
        if let enabled = try reader.flag("ENABLED") { entry.attributes["ENABLED"] = .flag(enabled) }
        for name in texts { if let value = try reader.text(name) { entry.attributes[name] = .text(value) } }
        for name in lists {
            guard let urls = try reader.list(name) else { continue }
            try urls.forEach(StageDefinition.refuseKeys)
            entry.attributes[name] = .list(urls)
        }
        guard entry.attributes["STORAGE_ALLOWED_LOCATIONS"] != nil else {
            throw WarehouseError(.invalidValue,
                                 "SQL compilation error:\nMissing option(s): [STORAGE_ALLOWED_LOCATIONS]")
        }
    }

    /// The integration `name`, which must be enabled and allow `url`. To use it is a right of the session's roles, or of
    /// the owner of the stage that names it.
    static func require(_ name: String, for url: String, stageOwner: String? = nil, _ run: StatementRun) throws
        -> CatalogEntry {
        let resolver = try run.resolver()
        let owner = stageOwner.map { Access(catalog: resolver.catalog, owner: $0) }
        let integration: CatalogEntry
        if let owner, let entry = resolver.catalog.find(.integration, name, in: nil), owner.isAllowed(["USAGE"], entry) {
            integration = entry
        } else {
            integration = try resolver.requireTop(.integration, name)
            try resolver.access.require(["USAGE"], integration)
        }
        guard integration.attributes["ENABLED"]?.flag == true else {
            throw WarehouseError(.invalidValue, "Integration \(integration.name) is not enabled.")
        }
        guard allows(url, integration), allows(withoutLinks(url), integration, locations: withoutLinks) else {
            throw notAllowed(url, integration)
        }
        return integration
    }

    static func notAllowed(_ url: String, _ integration: CatalogEntry) -> WarehouseError {
        WarehouseError(
            .invalidValue,
            "SQL compilation error:\nLocation '\(url)' is not allowed by integration '\(integration.name)'. Please use "
                + "DESC INTEGRATION to check out allowed and blocked locations.")
    }

    /// A URL on this machine by the path where it leads: a link in an allowed folder may lead to one that is not.
    private static func withoutLinks(_ url: String) -> String {
        url.hasPrefix("file://") ? "file://" + StageStore.withoutLinks(String(url.dropFirst("file://".count))) : url
    }

    /// Whether a stage's URL lies in the integration's allowed locations and outside its blocked ones.
    static func allows(_ url: String, _ integration: CatalogEntry, locations: (String) -> String = { $0 }) -> Bool {
        func covers(_ written: String) -> Bool {
            let location = locations(written)
            let folder = location.hasSuffix("/") ? location : location + "/"
            return location == "*" || url == location || (url + "/").hasPrefix(folder)
        }
        // On this machine `..` leads out of a folder.
        if url.hasPrefix("file://"), url.split(separator: "/").contains("..") { return false }
        let allowed = integration.attributes["STORAGE_ALLOWED_LOCATIONS"]?.list ?? []
        let blocked = integration.attributes["STORAGE_BLOCKED_LOCATIONS"]?.list ?? []
        return allowed.contains(where: covers) && !blocked.contains(where: covers)
    }
}
