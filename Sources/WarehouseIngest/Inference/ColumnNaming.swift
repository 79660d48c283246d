import WarehouseBasics

/// Names of a file as names of columns and tables that need no quotes: `First Name` is FIRST_NAME.
public enum ColumnNaming {
    /// A column for every name, all different; a missing one is called C and its place.
    public static func columns(_ names: [String]) -> [String] {
        var taken: Set<String> = []
        return names.enumerated().map { index, name in
            let plain = identifier(name), base = plain.isEmpty ? "C\(index + 1)" : plain
            var unique = base, number = 2
            while !taken.insert(unique).inserted {
                unique = "\(base)_\(number)"
                number += 1
            }
            return unique
        }
    }

    /// Letters in upper case and digits; whatever else stands between them is one underscore. Empty when nothing is left.
    public static func identifier(_ name: String) -> String {
        var result = "", gap = false
        for character in name {
            guard character.isLetter || character.isNumber || character == "_" || character == "$" else {
                gap = true
                continue
            }
            if gap, !result.isEmpty, !result.hasSuffix("_") { result += "_" }
            gap = false
            result += character.uppercased()
        }
        if let first = result.first, !first.isLetter, first != "_" { result = "_" + result }
        while result.utf8.count > Identifiers.maximumLength { result.removeLast() }
        return result
    }
}
