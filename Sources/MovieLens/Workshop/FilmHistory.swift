import WarehouseModels

/// Every version of every film, told by title and genres; a film that is gone gets a record of that.
enum SnapFilms: Snapshot {
    struct Selected: Row {
        let movieId: Expr<Int64?>
        let movieTitle: Expr<String?>
        let genres: Expr<String?>
    }
    typealias Columns = DeletionHistory<Selected>
    static let about = "The history of films: titles and genres."
    static let tags = ["workshop"]
    static let schema: String? = "SNAPSHOTS"
    static let hardDeletes = HardDeletes.newRecord
    static var key: [PartialKeyPath<Selected>] { [\.movieId] }
    static var strategy: SnapshotStrategy<Selected> { .check([\.movieTitle, \.genres]) }
    static func query(_ q: inout Query) -> Selected {
        let movies = q.from(DimMovies.self)
        return Selected(movieId: movies.movieId, movieTitle: movies.movieTitle, genres: movies.genres)
    }
}

/// Every version of what other sites call a film, told by all columns; what is gone stays as it was. The version that holds
/// is valid to the end of time, so that `BETWEEN` finds it too.
enum SnapLinks: Snapshot {
    typealias Selected = SrcLinks.Columns
    typealias Columns = History<Selected>
    static let about = "The history of films' numbers elsewhere."
    static let tags = ["workshop"]
    static let schema: String? = "SNAPSHOTS"
    static let hardDeletes = HardDeletes.ignore
    static let metaColumns = MetaColumns(validFrom: "valid_from", validTo: "valid_to")
    static let validToCurrent = LocalDateTime(text: "9999-12-31")
    static var key: [PartialKeyPath<Selected>] { [\.movieId] }
    static var strategy: SnapshotStrategy<Selected> { .checkAll() }
    static func query(_ q: inout Query) -> Selected { q.from(SrcLinks.self) }
}
