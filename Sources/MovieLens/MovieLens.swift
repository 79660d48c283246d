import WarehouseModels

/// The MovieLens pipeline: 6 sources, a seed, 21 models, a snapshot, 15 data tests and an analysis.
public enum MovieLens {
    /// Everything, built in MOVIELENS.DEV; the snapshot in MOVIELENS.SNAPSHOTS.
    public static let project = project(target: Target(database: "MOVIELENS", schema: "DEV"))

    /// The same, built elsewhere.
    public static func project(target: Target) -> Project {
        Project("movielens", target: target, sources + staging + dimensions + facts + gold + rest)
    }

    private static let sources: [any Resource.Type] = [
        RawMovies.self, RawRatings.self, RawTags.self, RawLinks.self, RawGenomeTags.self, RawGenomeScores.self,
    ]
    private static let staging: [any Resource.Type] = [
        SrcMovies.self, SrcRatings.self, SrcTags.self, SrcLinks.self, SrcGenomeTags.self, SrcGenomeScores.self,
    ]
    private static let dimensions: [any Resource.Type] = [
        DimMovies.self, DimUsers.self, DimGenomeTags.self, DimMoviesWithTags.self,
    ]
    private static let facts: [any Resource.Type] = [FctRatings.self, FctGenomeScores.self, EpMovieWithTags.self]
    private static let gold: [any Resource.Type] = [
        GenreRatings.self, UserEngagement.self, TagRelevance.self, MonthlyTrends.self, MovieAnalysis.self,
        Top10ByGenre.self, ReleaseTrends.self,
    ]
    private static let rest: [any Resource.Type] = [
        MartMovieReleases.self, SeedMovieReleaseDates.self, SnapTags.self, RelevanceScoreTest.self,
        MovieAnalysisQuery.self,
    ]
}
