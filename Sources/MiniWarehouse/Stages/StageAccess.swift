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
            let type = try PropertyReader(properties: encryption, run: run).text("TYPE") ?? "NONE"
            guard ["NONE", "AWS_SSE_S3"].contains(Identifiers.folded(type)) else {
                throw StatementDispatcher.unsupported("ENCRYPTION = (TYPE = '\(type)')")
            }
        }
        guard let nested = try reader.nested("CREDENTIALS") else { return }
        let given = PropertyReader(properties: nested, run: run)
        try given.check(StageAccess.keys, of: "CREDENTIALS")
        for key in StageAccess.keys { credentials[key] = try given.text(key) }
    }

    var isEmpty: Bool { integration == nil && credentials.isEmpty }
}
