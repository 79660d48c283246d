import WarehouseBasics
import WarehouseModels
import WarehouseSQL

/// The place of commands that read the project only: nothing can be run there.
final class OfflineTarget: TargetAdapter {
    var adapterDescription: String { "none" }

    func run(_ statement: Statement) throws -> Int { throw OfflineTarget.refusal }
    func rows(of query: WarehouseSQL.Query) throws -> TargetRows { throw OfflineTarget.refusal }
    func relation(_ name: ObjectName) throws -> TargetRelation? { nil }
    func now() -> Int128 { SystemClock().now() }

    private static var refusal: WarehouseError {
        WarehouseError(.internalFault, "A command that reads the project only has asked for a warehouse.")
    }
}
