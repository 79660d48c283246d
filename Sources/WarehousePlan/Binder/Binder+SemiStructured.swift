import WarehouseBasics
import WarehouseSQL

extension Binder {
    func bindSemiStructured(_ expression: Expression, _ context: ExpressionContext) throws -> BoundExpression {
        switch expression.kind {
        case .path(let base, let steps): return try bindPath(base, steps, context)
        case .element(let base, let index):
            return try factory.call("GET", [try bindExpression(base, context), try bindExpression(index, context)])
        case .array(let elements): return try factory.call("ARRAY_CONSTRUCT", try bindAll(elements, context))
        case .object(.entries(let entries)):
            let pairs =
                try entries.flatMap { [try bindExpression($0.key, context), try bindExpression($0.value, context)] }
            return try factory.call("OBJECT_CONSTRUCT", pairs)
        case .object(.star(let star)): return try bindObjectStar(star, context)
        default: throw WarehouseError(.internalFault, "Not a semi-structured expression.")
        }
    }

    /// OBJECT_CONSTRUCT(*): every column under its name.
    func bindObjectStar(_ star: StarItem, _ context: ExpressionContext, function: String = "OBJECT_CONSTRUCT") throws
        -> BoundExpression {
        let columns = try StarExpansion(scope: context.scope, star: star).expand { try bindExpression($0, context) }
        let pairs = columns.flatMap { [BoundExpression.constant(.text($0.name)), $0.expression] }
        return try factory.call(function, pairs)
    }

    /// `v:a.b[0]`: constant steps become one path text, the others a GET each.
    private func bindPath(_ base: Expression, _ steps: [PathStep], _ context: ExpressionContext) throws
        -> BoundExpression {
        var result = try bindExpression(base, context)
        guard result.type.isSemiStructured || result.type == .null else {
            throw ExpressionFactory.invalidArguments("GET", [result, .constant(.text(""))])
        }
        var path = ""
        func flush() throws {
            guard !path.isEmpty else { return }
            result = try factory.call("GET_PATH", [result, .constant(.text(path))])
            path = ""
        }
        for step in steps {
            switch step {
            case .member(let name): PathText.append(member: name, to: &path)
            case .subscription(let index):
                let bound = try bindExpression(index, context)
                if case .constant(let constant) = bound, PathText.append(constant, to: &path) { continue }
                try flush()
                result = try factory.call("GET", [result, bound])
            }
        }
        try flush()
        return result
    }
}

/// Paths into semi-structured values as GET_PATH reads them: `a.b[0]["odd key"]`.
enum PathText {
    static func append(member name: String, to path: inout String) {
        let bytes = name.utf8
        let isPlain = bytes.first.map { isLetter($0) } ?? false
            && bytes.allSatisfy { isLetter($0) || ($0 >= 48 && $0 <= 57) || $0 == 36 }
        if isPlain {
            path += path.isEmpty ? name : "." + name
        } else {
            path += "[\""
            for character in name.unicodeScalars {
                if character == "\"" || character == "\\" { path += "\\" }
                path.unicodeScalars.append(character)
            }
            path += "\"]"
        }
    }

    /// Appends a constant index or key; false when it is neither.
    static func append(_ constant: Constant, to path: inout String) -> Bool {
        switch constant.value {
        case .integer(let index) where constant.type.scale == 0 && index >= 0:
            path += "[\(index)]"
            return true
        case .bytes(let bytes) where constant.type.isText:
            append(member: String(decoding: bytes, as: UTF8.self), to: &path)
            return true
        default:
            return false
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122) || byte == 95
    }
}
