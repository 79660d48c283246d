import WarehouseBasics
import WarehouseSQL

/// Chooses among the overloads of a user-defined function and puts a call's arguments in the parameters' order.
struct FunctionOverload {
    /// An argument as written, by place or by name.
    struct Argument {
        var name: String?
        var value: BoundExpression
    }

    let function: CatalogFunction
    /// An argument for each parameter; nil: its default.
    let arguments: [BoundExpression?]

    /// The overload that `arguments` fit best; nil when they fit none.
    static func choose(_ overloads: [CatalogFunction], _ arguments: [Argument]) -> FunctionOverload? {
        var best: (overload: FunctionOverload, cost: Int)?
        for function in overloads {
            guard let placed = place(arguments, function) else { continue }
            var cost = 0
            var fits = true
            for (argument, parameter) in zip(placed, function.parameters) {
                guard let argument else { continue }
                guard let own = self.cost(argument, parameter.type) else {
                    fits = false
                    break
                }
                cost += own
            }
            if fits, cost < best?.cost ?? .max { best = (FunctionOverload(function: function, arguments: placed), cost) }
        }
        return best?.overload
    }

    private static func place(_ arguments: [Argument], _ function: CatalogFunction) -> [BoundExpression?]? {
        guard arguments.count <= function.parameters.count else { return nil }
        var placed = [BoundExpression?](repeating: nil, count: function.parameters.count)
        for (index, argument) in arguments.enumerated() {
            let place = argument.name.map { name in function.parameters.firstIndex { $0.name == name } } ?? index
            guard let place, placed[place] == nil else { return nil }
            placed[place] = argument.value
        }
        for (index, parameter) in function.parameters.enumerated()
        where placed[index] == nil && parameter.defaultText == nil { return nil }
        return placed
    }

    /// How far an argument is from a parameter's type; nil: too far.
    private static func cost(_ argument: BoundExpression, _ type: LogicalType) -> Int? {
        let source = argument.type
        if source == .null { return 1 }
        switch (source, type) {
        case (.number, .number), (.varchar, .varchar), (.binary, .binary), (.array, .array): return 0
        case _ where source == type: return 0
        case (.number, .float): return 1
        case _ where source.isTimestamp && type.isTimestamp: return 1
        case (.date, _) where type.isTimestamp: return 2
        case (_, .variant): return Coercion.isImplicit(from: source, to: type) ? 3 : nil
        case (_, .varchar): return Coercion.isImplicit(from: source, to: type) ? 5 : nil
        default: return Coercion.isImplicit(from: source, to: type) ? 4 : nil
        }
    }
}
