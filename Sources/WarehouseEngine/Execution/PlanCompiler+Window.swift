import WarehouseBasics
import WarehousePlan

extension PlanCompiler {
    func compileWindow(_ window: LogicalWindow) throws -> Relation {
        throw WarehouseError(.unsupported, "Window functions are not supported.")
    }

    func compileFlatten(_ flatten: LogicalFlatten) throws -> Relation {
        throw WarehouseError(.unsupported, "FLATTEN is not supported.")
    }
}
