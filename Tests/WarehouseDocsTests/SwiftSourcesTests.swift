import Testing
@testable import WarehouseDocs

@Suite struct SwiftSourcesTests {
    @Test func declarationsComeWithTheirComments() {
        let text = """
            import WarehouseModels

            /// Paid orders.
            /// One a line.
            enum StgOrders: Model {
                struct Columns: Row {
                    let id: Expr<Int64>
                }
                static let sql = \"""
            }
            \"""
            }
            public enum Other: Model {}
            extension StgOrders {
            }
            """
        let found = SwiftSources.declarations(in: text, names: ["StgOrders", "Other"])
        #expect(found.map(\.name) == ["StgOrders", "Other"])
        #expect(found[0].source.hasPrefix("/// Paid orders.\n/// One a line.\nenum StgOrders"))
        #expect(found[0].source.hasSuffix("\"\"\"\n}"))
        #expect(found[1].source == "public enum Other: Model {}")
    }

    @Test func nestedAndOtherNamesAreNotFound() {
        let text = "enum Outer {\n    enum Inner: Model {\n    }\n}\n"
        #expect(SwiftSources.declarations(in: text, names: ["Inner"]).isEmpty)
        #expect(SwiftSources.declarations(in: "let enumeration = 1\n// enum X {\n", names: ["X", "enumeration"]).isEmpty)
    }

    @Test func thisPackagesModelsAreFound() {
        let folder = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/Sources/MovieLens"
        let sources = SwiftSources(folder: folder, names: ["DimMovies", "GenreRatings", "Nowhere"])
        #expect(sources["MovieLens.DimMovies"]?.contains("movies.title.trimmed.initcapped") == true)
        #expect(sources["MovieLens.GenreRatings"]?.hasPrefix("/// Ratings by genre.") == true)
        #expect(sources["MovieLens.Nowhere"] == nil)
    }
}
