import WarehouseModels

/// Release dates of some films; `SeedMovieReleaseDates.csv` is the file.
extension SeedMovieReleaseDates: Seed {
    /// A film and its day of release.
    public struct Columns: Row {
        let movieId: Expr<Int64?>
        let releaseDate: Expr<Day?>
    }
    /// The seed in one sentence.
    public static let about = "On which day a film came out, for some films."
    /// What its columns mean.
    public static var columns: [Column<Columns>] { [
        .column(\.movieId, "The film."),
        .column(\.releaseDate, "The day."),
    ] }
}
