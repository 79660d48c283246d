import WarehouseSQL

// Functions that keep their operand's nullability stand once, over the base; those that change the type come in
// pairs.

extension Expr where Value.Base == String {
    /// `TRIM(x)`: without spaces at both ends.
    public var trimmed: Expr<Value> { called("TRIM") }
    /// `INITCAP(x)`: every word with a capital first letter, the rest small.
    public var initcapped: Expr<Value> { called("INITCAP") }
    /// `LOWER(x)`.
    public var lowercased: Expr<Value> { called("LOWER") }
    /// `UPPER(x)`.
    public var uppercased: Expr<Value> { called("UPPER") }
    /// `MD5(x)`: 32 hexadecimal digits.
    public var md5: Expr<Value> { called("MD5") }
    /// `REPLACE(x, old, new)`, every occurrence.
    public func replacing(_ old: String, with new: String) -> Expr<Value> {
        Expr(tree: SyntaxTree.call("REPLACE", tree, SyntaxTree.text(old), SyntaxTree.text(new)))
    }
    /// `SUBSTR(x, start, length)`: `start` counts from 1, from the end when negative.
    public func substring(from start: Int, length: Int? = nil) -> Expr<Value> {
        let arguments = [tree, Int.literal(start)] + (length.map { [Int.literal($0)] } ?? [])
        return Expr(tree: SyntaxTree.call("SUBSTR", arguments))
    }
    /// `x || y`.
    public func appending(_ other: Expr<Value>) -> Expr<Value> {
        Expr(tree: SyntaxTree.concatenation([tree, other.tree]))
    }
    /// `x || text`.
    public func appending(_ text: String) -> Expr<Value> {
        Expr(tree: SyntaxTree.concatenation([tree, SyntaxTree.text(text)]))
    }

    private func called(_ name: String) -> Expr<Value> { Expr(tree: SyntaxTree.call(name, tree)) }
}

extension Expr where Value == String {
    /// `SPLIT(x, separator)`.
    public func split(on separator: String) -> Expr<[String]> {
        Expr<[String]>(tree: SyntaxTree.call("SPLIT", tree, SyntaxTree.text(separator)))
    }
    /// `LENGTH(x)`, in characters.
    public var length: Expr<Int64> { Expr<Int64>(tree: SyntaxTree.call("LENGTH", tree)) }
}

extension Expr where Value == String? {
    /// `SPLIT(x, separator)`.
    public func split(on separator: String) -> Expr<[String]?> {
        Expr<[String]?>(tree: SyntaxTree.call("SPLIT", tree, SyntaxTree.text(separator)))
    }
    /// `LENGTH(x)`, in characters.
    public var length: Expr<Int64?> { Expr<Int64?>(tree: SyntaxTree.call("LENGTH", tree)) }
}

/// `a || b || …`; NULL when any part is.
public func concat(_ parts: any AnyExpr...) -> Expr<String?> {
    Expr(tree: SyntaxTree.concatenation(parts.map(\.tree)))
}

/// One text that stands for several columns, as dbt_utils.generate_surrogate_key (1.0 and later) makes it: the MD5 of
/// the columns as text, joined by `-`, NULL as `_dbt_utils_surrogate_key_null_`.
/// ```swift
/// surrogateKey(t.userId, t.movieId)
/// // MD5(COALESCE(T.USER_ID::VARCHAR, '_dbt_utils_surrogate_key_null_') || '-' || COALESCE(T.MOVIE_ID::VARCHAR, …))
/// ```
/// The separator occurs in texts too, so ('a-b', 'c') and ('a', 'b-c') get the same key.
public func surrogateKey(_ columns: any AnyExpr...) -> Expr<String> {
    var parts: [Expression] = []
    for column in columns {
        if !parts.isEmpty { parts.append(SyntaxTree.text("-")) }
        parts.append(SyntaxTree.call(
            "COALESCE", SyntaxTree.cast(column.tree, to: .text), SyntaxTree.text("_dbt_utils_surrogate_key_null_")))
    }
    return Expr<String>(tree: SyntaxTree.call("MD5", SyntaxTree.concatenation(parts)))
}
