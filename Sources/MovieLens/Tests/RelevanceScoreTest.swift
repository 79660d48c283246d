import WarehouseModels

/// No column of fct_genome_scores holds NULL.
enum RelevanceScoreTest: DataTest {
    static let about = "No column of fct_genome_scores holds NULL."
    static func query(_ q: inout Query) -> FctGenomeScores.Columns {
        q.rowsWithNulls(in: FctGenomeScores.self)
    }
}
