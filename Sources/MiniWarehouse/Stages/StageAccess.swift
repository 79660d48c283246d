import WarehouseBasics
import WarehouseSQL

/// With what a location that a statement names by its URL is reached: STORAGE_INTEGRATION or CREDENTIALS.
struct StageAccess {
    var integration: String?
    var credentials: [String: String] = [:]

    private static let keys: Set<String> = ["AWS_KEY_ID", "AWS_SECRET_KEY", "AWS_TOKEN"]

    init() {}

    init(_ options: [ObjectProperty], _ run: StatementRun) throws {
        let reader = PropertyReader(properties: options, run: run)
        integration = try reader.text("STORAGE_INTEGRATION")
        if let encryption = try reader.nested("ENCRYPTION") {
            _ = try StageAccess.encryption(encryption, ["NONE", "AWS_SSE_S3"], run)
        }
        guard let nested = try reader.nested("CREDENTIALS") else { return }
        let given = PropertyReader(properties: nested, run: run)
        try given.check(StageAccess.keys, of: "CREDENTIALS")
        for key in StageAccess.keys { credentials[key] = try given.text(key) }
    }

    /// The type that ENCRYPTION = (…) asks for, if it is one of these. Nothing here encrypts with keys of the user's own:
    /// files that were to be encrypted so must not be written plain.
    static func encryption(_ properties: [ObjectProperty], _ accepted: Set<String>, _ run: StatementRun) throws -> String {
        let reader = PropertyReader(properties: properties, run: run)
        try reader.check(["TYPE", "MASTER_KEY", "KMS_KEY_ID"], of: "ENCRYPTION")
        if let key = properties.first(where: { $0.name != "TYPE" }) {
            throw StatementDispatcher.unsupported("ENCRYPTION = (\(key.name) = …)")
        }
        let type = Identifiers.folded(try reader.text("TYPE") ?? "NONE")
        guard accepted.contains(type) else { throw StatementDispatcher.unsupported("ENCRYPTION = (TYPE = '\(type)')") }
        return type
    }

    var isEmpty: Bool { integration == nil && credentials.isEmpty }
}
