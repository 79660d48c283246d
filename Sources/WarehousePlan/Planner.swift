import WarehouseBasics
import WarehouseSQL

/// From syntax to the plan that runs: binds, then optimizes.
public enum Planner {
    /// How deep binding may nest on the calling thread's stack before it moves to a larger one.
    static let shallowDepth = 24

    /// The improved plan of `query`. `folder` evaluates constant expressions. Throws what is wrong with the query, with
    /// its place in the statement.
    public static func plan(query: Query, catalog: any Catalog, parameters: BoundParameters = BoundParameters(),
                            folder: any ConstantFolder = NoConstantFolder()) throws -> BoundQuery {
        try onSuitableStack(catalog: catalog, parameters: parameters, folder: folder) { binder in
            try optimized(try binder.bind(query), binder)
        }
    }

    /// The query of a view that is being made: `catalog` resolves its names as it will where the view is used.
    public static func plan(viewQuery: Query, catalog: any Catalog, parameters: BoundParameters = BoundParameters(),
                            folder: any ConstantFolder = NoConstantFolder()) throws -> BoundQuery {
        try onSuitableStack(catalog: catalog, parameters: parameters, folder: folder) { binder in
            try optimized(try binder.bind(viewQuery: viewQuery), binder)
        }
    }

    /// The moment that AT or BEFORE means.
    public static func moment(_ travel: TimeTravel, catalog: any Catalog, parameters: BoundParameters = BoundParameters(),
                              folder: any ConstantFolder = NoConstantFolder()) throws -> HistoryMoment {
        try onSuitableStack(catalog: catalog, parameters: parameters, folder: folder) { binder in
            try binder.historyMoment(travel)
        }
    }

    /// Whether a function of the system has that name (upper case).
    public static func isSystemFunction(_ name: String) -> Bool { Binder.isBuiltIn(name) }

    /// Finds what is wrong with a function's body, as far as that shows without arguments.
    public static func check(_ function: CatalogFunction, catalog: any Catalog,
                             folder: any ConstantFolder = NoConstantFolder()) throws {
        try onSuitableStack(catalog: catalog, parameters: BoundParameters(), folder: folder) { binder in
            try binder.check(function)
        }
    }

    /// Runs `work` with a binder on this thread, or again on a large stack when the statement nests too deeply.
    static func onSuitableStack<Value: Sendable>(
        catalog: any Catalog, parameters: BoundParameters, folder: any ConstantFolder,
        _ work: @escaping @Sendable (Binder) throws -> Value
    ) throws -> Value {
        do {
            return try work(Binder(catalog: catalog, parameters: parameters, folder: folder, depthLimit: shallowDepth))
        } catch is Binder.NeedsDeepStack {
            let carried = Carried(folder: folder)
            let outcome = DeepStack.run { () -> Result<Value, any Error> in
                Result { try work(Binder(catalog: catalog, parameters: parameters, folder: carried.folder)) }
            }
            switch outcome {
            case .success(let value): return value
            case .failure(is Binder.NeedsDeepStack), nil:
                throw WarehouseError(
                    .limitExceeded, "The statement nests deeper than \(2 * SyntaxLimits.maximumHeight) levels once views, "
                        + "common table expressions and functions are written out.")
            case .failure(let error): throw error
            }
        }
    }

    /// The folder on its way to the other thread, while this one waits for it.
    private struct Carried: @unchecked Sendable {
        let folder: any ConstantFolder
    }

    /// The query with its plan improved by every rule.
    static func optimized(_ query: BoundQuery, _ binder: Binder) throws -> BoundQuery {
        var result = query
        result.plan = try Optimizer(folder: binder.factory, ids: binder.ids).optimize(query.plan)
        return result
    }
}
