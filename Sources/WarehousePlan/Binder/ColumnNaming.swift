import WarehouseSQL

extension SelectExpression {
    /// The name of an unaliased column: a column's own, else the expression's text in upper case with single spaces.
    var columnName: String {
        switch expression.kind {
        case .column(let parts): return parts[parts.count - 1].name
        case .fileColumn(_, let index): return "$\(index)"
        default: return Self.normalized(sourceText ?? "EXPR")
        }
    }

    private static func normalized(_ text: String) -> String {
        var result: [UInt8] = []
        var quote: UInt8?
        for byte in text.utf8 {
            if let open = quote {
                if byte == open { quote = nil }
                result.append(byte >= 97 && byte <= 122 && open == 39 ? byte - 32 : byte)
                continue
            }
            if byte == 39 || byte == 34 { quote = byte }
            let isSpace = byte == 32 || (byte >= 9 && byte <= 13)
            if isSpace {
                if result.last != 32, !result.isEmpty { result.append(32) }
            } else {
                result.append(byte >= 97 && byte <= 122 ? byte - 32 : byte)
            }
        }
        if result.last == 32 { result.removeLast() }
        return String(decoding: result, as: UTF8.self)
    }
}
