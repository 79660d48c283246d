import WarehouseModels

/// Two relations one below the other, and a column for each of a few values: dbt_utils' `union_relations` and `pivot`.
enum TagWords: Model {
    struct Columns: Row {
        let wordKey: Expr<String>
        let word: Expr<String>
        let givenByUsers: Expr<Int64>
        let inGenome: Expr<Int64>
    }
    private struct Word: Row {
        let word: Expr<String?>
        let origin: Expr<String>
    }
    static let about = "The words that films are tagged with, by users and by the genome."
    static let tags = ["workshop"]
    static var columns: [Column<Columns>] { [
        .column(\.wordKey, "The word's key.", .unique, .notNull),
        .column(\.word, "In lower case, without outer spaces."),
        .column(\.givenByUsers, "How often users gave it."),
        .column(\.inGenome, "How many tags of the genome it is: 0 or 1."),
    ] }
    static func query(_ q: inout Query) -> Columns {
        let words = q.from(
            unionAll: { Word(word: $0.from(SrcTags.self).tag, origin: Expr("users")) },
            { Word(word: $0.from(SrcGenomeTags.self).tag, origin: Expr("genome")) })
        let word = q.require(words.word).trimmed.lowercased
        q.group(by: word)
        return Columns(
            wordKey: surrogateKey(word), word: word, givenByUsers: count(where: words.origin == "users"),
            inGenome: count(where: words.origin == "genome"))
    }
}

/// A row for each of a film's numbers elsewhere: dbt_utils' `unpivot`.
enum FilmNumbers: Model {
    struct Columns: Row {
        let movieId: Expr<Int64?>
        let site: Expr<String>
        let number: Expr<String?>
    }
    static let about = "What each other site calls a film, a row for each."
    static let tags = ["workshop"]
    static var columns: [Column<Columns>] { [
        .column(\.movieId, "The film."),
        .column(\.site, "The column that it was.", .accepted(["imdb_id", "tmdb_id"])),
        .column(\.number, "The number there."),
    ] }
    static var checks: [Check<Columns>] { [.unique(\.movieId, \.site)] }
    static func query(_ q: inout Query) -> Columns {
        let (film, site, number) = q.unpivot(SrcLinks.self, \.imdbId, \.tmdbId)
        return Columns(movieId: film.movieId, site: site, number: number)
    }
}
