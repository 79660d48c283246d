import WarehouseBasics
import WarehouseSQL

/// A row of typed columns: a struct whose stored properties are `Expr`s, or other rows, whose columns then stand in
/// their place.
/// ```swift
/// struct Columns: Row {
///     let movieId: Expr<Int64?>       // MOVIE_ID
///     let movieTitle: Expr<String?>   // MOVIE_TITLE
/// }
/// ```
/// Its memberwise initializer is a SELECT's check that every column is there and of the right type. `Decodable` only
/// lets the compiler list the properties; nothing is ever decoded.
///
/// A property's name becomes the column's: in snake_case and upper case, or, in a source, in upper case as it is
/// (`userId` is USERID there). `names` says otherwise, as does an explicit coding key.
public protocol Row: Decodable, Sendable {
    /// Names of columns that do not follow from the properties' names, as they would be written in SQL: upper-cased
    /// unless in double quotes.
    /// ```swift
    /// static var names: [PartialKeyPath<Self>: String] { [\.timestamp: "\"timestamp\""] }
    /// ```
    static var names: [PartialKeyPath<Self>: String] { get }
}

extension Row {
    public static var names: [PartialKeyPath<Self>: String] { [:] }
}

/// How the names of properties become the names of columns.
public enum ColumnNaming: Hashable, Sendable {
    /// `userId` is USER_ID.
    case snakeCase
    /// `userId` is USERID.
    case folded
    /// As `snakeCase`, and a snapshot's own columns as they are given.
    case history(MetaColumns, validToCurrent: LocalDateTime?)

    /// The stored name of the column that `property` stands for.
    public func columnName(of property: String) -> String {
        switch self {
        case .snakeCase, .history: Identifiers.folded(ColumnNaming.snakeCased(property))
        case .folded: Identifiers.folded(property)
        }
    }

    /// The stored name of a column whose coding key says how it is written.
    func columnName(ofKey written: String) -> String {
        guard case .history(let meta, _) = self else { return ColumnNaming.stored(written) }
        return ColumnNaming.stored(meta.name(of: written))
    }

    /// `DimMovies` is dim_movies, `imdbID` imdb_id, `URLPath` url_path, `Top10ByGenre` top10_by_genre.
    public static func snakeCased(_ name: String) -> String {
        let characters = Array(name)
        var result = ""
        for (index, character) in characters.enumerated() {
            guard character.isUppercase else { result.append(character); continue }
            let previous = index > 0 ? characters[index - 1] : "_"
            let next = index + 1 < characters.count ? characters[index + 1] : "_"
            let startsWord = previous.isLowercase || previous.isNumber || (previous.isUppercase && next.isLowercase)
            if startsWord, previous != "_" { result.append("_") }
            result += character.lowercased()
        }
        return result
    }

    /// The stored name of one that is written as in SQL.
    static func stored(_ written: String) -> String {
        guard written.count >= 2, written.hasPrefix("\""), written.hasSuffix("\"") else {
            return Identifiers.folded(written)
        }
        return unescaped(written.dropFirst().dropLast())
    }

    private static func unescaped(_ text: Substring) -> String {
        var result = ""
        var pending = false
        for character in text {
            if character == "\"", !pending { pending = true; continue }
            pending = false
            result.append(character)
        }
        return result
    }
}
