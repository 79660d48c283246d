import WarehouseModels

/// The MovieLens pipeline: 6 sources, a seed, 21 models, a snapshot, 15 data tests and an analysis.
public enum MovieLens {
    /// Everything, built in MOVIELENS.DEV; the snapshot in MOVIELENS.SNAPSHOTS.
    public static let project = project(target: Target(database: "MOVIELENS", schema: "DEV"))

    /// The same, built elsewhere.
    public static func project(target: Target) -> Project {
        var project = Project("movielens", target: target, sources + staging + dimensions + facts + gold + rest)
        project.operations = [listModels]
        return project
    }

    private static let listModels = ProjectOperation(
        "list_models", "Prints each model, how it is kept, and whether it is built.", arguments: ["kind"]
    ) { run in
        let database = run.project.target.database
        let databases = try run.rows("SHOW DATABASES LIKE '\(database)'")
        let built = databases.isEmpty ? [] : Set(try run.rows(
            "SELECT table_schema || '.' || LOWER(table_name) FROM \(database).INFORMATION_SCHEMA.TABLES").map { $0[0] })
        for node in run.project.graph().nodes where node.kind == .model {
            guard let kept = node.materialization, kept == run["kind"] ?? kept else { continue }
            run.print("\(node.displayName)  \(kept)  \(built.contains(node.displayName) ? "yes" : "no")")
        }
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
