import WarehouseModels

/// What the published pipeline has no use for, on small tables: each further way to keep a model, its settings, tests
/// and hooks. All is tagged `workshop`; `--selector published` is the pipeline alone.
enum Workshop {
    static let resources: [any Resource.Type] = [
        FctTags.self, LatestTags.self, TagDays.self, TagCalendar.self, TagWords.self, FilmGenres.self, FilmCatalog.self,
        FilmNumbers.self, PopularFilms.self, SnapFilms.self, SnapLinks.self, LatestTagWins.self, NewerTagsOnly.self,
        FilmDashboard.self,
    ]

    static let groups = [ResourceGroup("films", owner: "The film desk", email: "films@example.com")]

    static let selectors = [
        "published": Selection(exclude: ["tag:workshop"]), "nightly": Selection(select: ["+tag:gold", "tag:workshop"]),
    ]

    /// Built with `--target prod` in a schema of its own, which the environment may name.
    static let production = Target(
        database: "MOVIELENS", schema: Variables.environment("MOVIELENS_SCHEMA", default: "PROD"), name: "prod", threads: 4)
}
