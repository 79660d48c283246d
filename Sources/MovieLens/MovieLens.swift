import WarehouseModels

/// The MovieLens pipeline, and what shows the rest of what models can be.
public enum MovieLens {
    private static let target = Target(database: "MOVIELENS", schema: "DEV")

    /// The published pipeline: 6 sources, a seed, 21 models, a snapshot, 15 data tests and an analysis, built in
    /// MOVIELENS.DEV; the snapshot in MOVIELENS.SNAPSHOTS.
    public static let pipeline = Project("movielens", target: target, published)

    /// The pipeline, with the models tagged `workshop` and all that a project may have beside models.
    public static let project: Project = {
        var project = Project("movielens", target: target, published + Workshop.resources)
        project.targets = [Workshop.production]
        project.groups = Workshop.groups
        project.selectors = Workshop.selectors
        project.variables = ["least_ratings": "100"]
        project.operations = [listModels, listGenres]
        return project
    }()

    private static let published = sources + staging + dimensions + facts + gold + rest

    private static let listGenres = ProjectOperation(
        "list_genres", "Prints the genres that rated films have."
    ) { run in
        for genre in try run.values(of: GenreRatings.self, \.genre) { run.print(genre ?? "none") }
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
