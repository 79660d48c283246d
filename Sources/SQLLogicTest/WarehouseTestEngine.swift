import MiniWarehouse
import WarehouseBasics

/// A warehouse in a directory of its own as a script's engine.
public final class WarehouseTestEngine: TestEngine {
    private let path: String
    private let options: WarehouseOptions
    private var warehouse: Warehouse?
    private var sessions: [String: SessionConnection] = [:]

    /// Opens the warehouse at `path`, which is made when it is missing.
    public init(path: String, options: WarehouseOptions = WarehouseOptions()) throws {
        self.path = path
        self.options = options
        warehouse = try Warehouse.open(path, options: options)
    }

    public func connection(named name: String?) throws -> any TestConnection {
        if let known = sessions[name ?? ""] { return known }
        guard let warehouse else { throw WarehouseError(.internalFault, "the warehouse \(path) is closed") }
        let made = SessionConnection(warehouse.makeSession())
        sessions[name ?? ""] = made
        return made
    }

    public func restart() throws {
        sessions = [:]
        warehouse = nil
        warehouse = try Warehouse.open(path, options: options)
    }
}

/// A session as a script's connection.
private final class SessionConnection: TestConnection {
    private let session: Session

    init(_ session: Session) { self.session = session }

    func execute(_ sql: String) throws -> TestAnswer {
        let result = try session.execute(sql)
        let columns = result.columns.map(\.name)
        return TestAnswer(columns: columns, rows: result.textRows(variant: .compact), changedRows: changedRows(columns, result))
    }

    /// DML answers one row of counts; `number of multi-joined rows updated` counts rows counted already.
    private func changedRows(_ columns: [String], _ result: ResultSet) -> Int? {
        guard result.rowCount == 1, columns.allSatisfy({ $0.hasPrefix("number of ") }) else { return nil }
        let row = result.textRows(variant: .compact)[0]
        var sum = 0
        for (name, value) in zip(columns, row) where !name.contains("multi-joined") {
            sum += value.flatMap { Int($0) } ?? 0
        }
        return sum
    }
}
