import WarehouseBasics
import WarehouseSQL

/// The functions and sequences that a DEFAULT names. Without a place they are those of the table's schema, so that a clone
/// of the schema takes numbers from its own sequences; of a table that moves elsewhere they must be written out.
public enum DefaultNames {
    /// `text` with the places of names that say none, or no database. `isNative`: functions that are in no schema.
    public static func qualified(_ text: String, database: String, schema: String, isNative: (String) -> Bool) throws -> String {
        var walk = SyntaxWalk()
        var found: [(parts: [Identifier], kindParts: Int)] = []
        walk.visit = { part in
            switch part.kind {
            case .column(let parts) where parts.count > 1 && parts[parts.count - 1].name == "NEXTVAL":
                found.append((parts, parts.count - 1))
            case .function(let call):
                if let parts = call.name.parts { found.append((parts, parts.count)) }
            default: break
            }
        }
        walk.walk(try Parser.parseExpression(text))
        var bytes = Array(text.utf8)
        for (parts, count) in found.sorted(by: { $0.parts[0].span.startOffset > $1.parts[0].span.startOffset }) {
            let isFunction = count == parts.count && count == 1
            guard count < 3, !isFunction || !Binder.isBuiltIn(parts[0].name) && !isNative(parts[0].name) else { continue }
            let place = (count == 1 ? [database, schema] : [database]).map { Identifiers.quoted($0) + "." }.joined()
            let start = parts[0].span.startOffset
            bytes.insert(contentsOf: Array(place.utf8), at: start)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
