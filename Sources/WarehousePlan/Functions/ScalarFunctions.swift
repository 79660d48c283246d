import WarehouseBasics

/// The scalar functions the dialect has, by canonical name and alias.
public enum ScalarFunctions {
    /// Every function once, in no particular order.
    public static let all: [ScalarFunction] = arithmetic + mathematics + strings + expressions + hashes + conditionals
        + conversions + dates + semiStructured + session + generatedData + tokens + sketches + packing

    private static let byName: [String: ScalarFunction] = {
        var map: [String: ScalarFunction] = [:]
        for function in all {
            map[function.name] = function
            for alias in function.aliases { map[alias] = function }
        }
        return map
    }()

    /// The function of that canonical name or alias (upper case); nil when there is none.
    public static func function(named name: String) -> ScalarFunction? { byName[name] }

    /// Whether calls by that canonical name may differ from one evaluation to the next. SEQ is what SEQ1 … SEQ8 become.
    public static func isVolatile(_ name: String) -> Bool { name == "SEQ" || byName[name]?.isVolatile ?? false }

    static func unknown(_ name: String) -> WarehouseError {
        if MissingFunctions.contains(name) {
            return WarehouseError(.unsupported, "SQL compilation error:\nUnsupported feature 'function \(name)'.")
        }
        let names = Array(byName.keys) + AggregateFunctions.names + WindowFunctions.names + HigherOrderFunctions.names
        return WarehouseError(.unknownFunction, "SQL compilation error:\nUnknown function \(name)",
                              hint: Identifiers.hint(for: name, in: names))
    }
}
