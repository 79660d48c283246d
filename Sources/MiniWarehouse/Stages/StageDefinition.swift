import WarehouseBasics
import WarehouseSQL
import WarehouseStorage

/// CREATE and ALTER STAGE.
enum StageDefinition {
    private static let accepted: Set<String> = [
        "URL", "STORAGE_INTEGRATION", "CREDENTIALS", "ENCRYPTION", "ENDPOINT", "DIRECTORY", "FILE_FORMAT",
        "COPY_OPTIONS", "COMMENT", "TAG", "USE_PRIVATELINK_ENDPOINT", "AWS_ACCESS_POINT_ARN",
    ]
    private static let secretNames: Set<String> = ["AWS_KEY_ID", "AWS_SECRET_KEY", "AWS_TOKEN", "AZURE_SAS_TOKEN"]
    private static let schemes = ["s3://", "s3gov://", "s3china://", "s3compat://", "gcs://", "azure://", "file://"]

    static func apply(_ reader: PropertyReader, to entry: inout CatalogEntry, _ transaction: OpenTransaction,
                      _ run: StatementRun) throws {
        try reader.check(accepted, of: "STAGE")
        if let url = try reader.text("URL") {
            try refuseKeys(in: url)
            guard schemes.contains(where: url.hasPrefix) else {
                throw WarehouseError(
                    .invalidURLPrefix, "SQL compilation error:\ninvalid URL prefix found in: '\(url)'",
                    hint: "A stage's URL begins with one of \(schemes.joined(separator: ", ")).")
            }
            try StageResolver.checkLocal(
                url, hasIntegration: try reader.text("STORAGE_INTEGRATION") != nil || entry.text("INTEGRATION") != nil,
                run.access())
            entry.attributes["URL"] = .text(url)
        }
        if let endpoint = try reader.text("ENDPOINT") { entry.attributes["ENDPOINT"] = .text(endpoint) }
        let integration = try reader.text("STORAGE_INTEGRATION") ?? entry.text("INTEGRATION")
        if let integration {
            let found = try IntegrationDefinition.require(integration, for: entry.text("URL") ?? "", run)
            entry.attributes["INTEGRATION"] = .text(found.name)
        }
        if let credentials = try reader.nested("CREDENTIALS") { try keep(credentials, &entry, transaction, run) }
        if let encryption = try reader.nested("ENCRYPTION") {
            let accepted: Set<String> = entry.text("URL") == nil ? ["SNOWFLAKE_FULL", "SNOWFLAKE_SSE"] : ["NONE", "AWS_SSE_S3"]
            entry.attributes["ENCRYPTION"] = .text(try StageAccess.encryption(encryption, accepted, run))
        }
        if let format = try fileFormat(reader, "FILE_FORMAT") {
            let prefix = FileFormatOptions.prefix
            entry.attributes = entry.attributes.filter { !$0.key.hasPrefix(prefix) && $0.key != "FORMAT_NAME" }
            entry.attributes.merge(format) { $1 }
        }
        if let options = try reader.nested("COPY_OPTIONS") {
            entry.attributes.merge(try CopyOptions.attributes(options, of: "COPY_OPTIONS", run)) { $1 }
        }
        if let directory = try reader.nested("DIRECTORY") {
            let wasEnabled = entry.attributes["DIRECTORY"]?.flag == true
            let refreshes = try StageDirectory.apply(PropertyReader(properties: directory, run: run), to: &entry)
            if refreshes, !wasEnabled, entry.text("URL") != nil {
                _ = try StageDirectory.refresh(&entry, subpath: "", run)
            }
        }
    }

    /// What a stage can be without.
    static func unset(_ name: String, _ entry: inout CatalogEntry) throws {
        func drop(_ isDropped: (String) -> Bool) { entry.attributes = entry.attributes.filter { !isDropped($0.key) } }
        switch name {
        case "COMMENT": entry.comment = ""
        case "FILE_FORMAT": drop { $0.hasPrefix(FileFormatOptions.prefix) || $0 == "FORMAT_NAME" }
        case "COPY_OPTIONS": drop { $0.hasPrefix(CopyOptions.prefix) }
        default:
            throw WarehouseError(
                .invalidValue, "SQL compilation error:\ninvalid property '\(name)' for 'STAGE': it cannot be unset.",
                hint: "COMMENT, COPY_OPTIONS and FILE_FORMAT can be; others are SET anew.")
        }
    }

    /// The catalog keeps the URL and many statements show it: keys before an `@` would be seen by all. Not repeated here.
    static func refuseKeys(in url: String) throws {
        guard SecretMask.holdsKeys(url: url) else { return }
        throw WarehouseError(.invalidValue, "SQL compilation error:\nA location's URL holds no user name and no keys.",
                             hint: "CREDENTIALS = (AWS_KEY_ID = … AWS_SECRET_KEY = …) of a stage takes them, and nothing "
                                 + "shows them.")
    }

    /// Keys go to the secrets file only. Of the rest (a role's name) nothing is secret.
    private static func keep(_ credentials: [ObjectProperty], _ entry: inout CatalogEntry,
                             _ transaction: OpenTransaction, _ run: StatementRun) throws {
        var secret: [String: String] = [:]
        for property in credentials {
            guard let value = try property.value.flatMap({ try PropertyReader.text($0, run) }) else { continue }
            if secretNames.contains(property.name) {
                secret[property.name] = value
            } else if property.name == "AWS_ROLE" {
                entry.attributes["AWS_ROLE"] = .text(value)
            } else {
                throw WarehouseError(
                    .invalidValue, "SQL compilation error:\ninvalid property '\(property.name)' for 'CREDENTIALS'",
                    hint: "One of \(secretNames.sorted().joined(separator: ", ")), AWS_ROLE.", span: property.span)
            }
        }
        guard !secret.isEmpty else { return }
        let stages = run.warehouse.stages
        let name = try stages.keepSecret(secret)
        transaction.whenUndone { stages.removeSecret(named: name) }
        if let old = entry.secretName { transaction.whenCommitted { stages.removeSecret(named: old) } }
        entry.attributes["SECRET"] = .text(name)
        entry.attributes["HAS_CREDENTIALS"] = .flag(true)
    }

    /// FILE_FORMAT = name, = (name), = (FORMAT_NAME = name) or = (TYPE = CSV …), as attributes; nil when absent.
    static func fileFormat(_ reader: PropertyReader, _ property: String) throws -> Attributes? {
        try reader.properties[property].map { try fileFormat($0, reader.run) }
    }

    static func fileFormat(_ value: PropertyValue, _ run: StatementRun) throws -> Attributes {
        switch value {
        case .properties(let properties):
            if let name = properties["FORMAT_NAME"] { return try named(name, besides: properties, run) }
            return try FileFormatOptions.attributes(properties, run)
        case .list(let items) where items.count == 1: return try named(items[0], run)
        case .list(let items) where items.isEmpty: return ["\(FileFormatOptions.prefix)TYPE": .text("CSV")]
        default: return try named(value, run)
        }
    }

    /// A named format is used as it is: what is written beside its name would be lost.
    private static func named(_ value: PropertyValue, besides properties: [ObjectProperty], _ run: StatementRun) throws
        -> Attributes {
        let attributes = try named(value, run)
        for property in properties where property.name != "FORMAT_NAME" {
            let own = try FileFormatOptions.resolved(attributes, run.resolver())?["\(FileFormatOptions.prefix)TYPE"]?.text
            if property.name == "TYPE", let type = try property.value.flatMap({ try PropertyReader.text($0, run) }),
               Identifiers.folded(type) == own { continue }
            throw WarehouseError(
                .invalidValue, "SQL compilation error:\nFORMAT_NAME and \(property.name) cannot both be set in FILE_FORMAT.",
                hint: "Alter the named format, or write TYPE and all options in place of its name.", span: property.span)
        }
        return attributes
    }

    private static func named(_ value: PropertyValue, _ run: StatementRun) throws -> Attributes {
        let parts: [String]
        if case .name(let reference) = value {
            parts = try run.parts(reference)
        } else if let text = try PropertyReader.text(value, run) {
            parts = try Parser.parseObjectName(text).map(\.name)
        } else {
            throw WarehouseError(.invalidValue, "A file format is needed: its name, or (TYPE = CSV …).")
        }
        let entry: CatalogEntry
        do {
            entry = try run.resolver().usable(.fileFormat, parts)
        } catch where parts.count == 1 && FileFormatOptions.types.contains(parts[0]) {
            // FILE_FORMAT = CSV, without such a format: the type.
            return ["\(FileFormatOptions.prefix)TYPE": .text(parts[0])]
        }
        let full = try run.catalog().fullName(entry)
        return ["FORMAT_NAME": .list([full.database, full.schema, full.name])]
    }
}
