import Testing
import WarehouseBasics
@testable import WarehouseModels

@Suite struct RowTests {
    @Test(arguments: [
        ("DimMovies", "dim_movies"), ("Top10ByGenre", "top10_by_genre"), ("imdbID", "imdb_id"),
        ("URLPath", "url_path"), ("userID2", "user_id2"), ("SrcURL", "src_url"), ("movieId", "movie_id"),
        ("EpMovieWithTags", "ep_movie_with_tags"), ("already_snake", "already_snake"),
    ])
    func snakeCase(_ name: String, _ expected: String) { #expect(ColumnNaming.snakeCased(name) == expected) }

    private func names<R: Row>(_ row: R.Type, _ naming: ColumnNaming = .snakeCase) -> [String] {
        row.layout(naming).columns.map(\.name)
    }

    @Test func sourcesFoldAndNamesOverride() {
        #expect(names(RawOrderLines.Columns.self, .folded) == [
            "ORDERID", "LINENO", "PRODUCTID", "QUANTITY", "UNITPRICE", "STATUS", "ORDEREDAT", "timestamp",
        ])
        #expect(names(FctLines.Columns.self) == ["ORDER_ID", "LINE_NO", "PRODUCT_ID", "AMOUNT", "ORDERED_AT"])
    }

    struct Keyed: Row {
        let movieId: Expr<Int64>
        let title: Expr<String?>
        enum CodingKeys: String, CodingKey { case movieId = "userId", title }
    }

    @Test func anExplicitCodingKeyIsTheNameAsItIs() { #expect(names(Keyed.self) == ["USERID", "TITLE"]) }

    struct Nested: Row {
        let line: FctLines.Columns
        let isLate: Expr<Bool>
    }

    @Test func aRowWithinARowStandsForItsColumns() {
        let layout = Nested.layout(.snakeCase)
        #expect(layout.columns.map(\.name)
            == ["ORDER_ID", "LINE_NO", "PRODUCT_ID", "AMOUNT", "ORDERED_AT", "IS_LATE"])
        #expect(layout.columns.map(\.property).last == "isLate")
        #expect(layout.columns[3].property == "line.amount")
        #expect(Nested.columnName(\.line.amount, naming: .snakeCase) == "AMOUNT")
        #expect(Nested.columnName(\.line, naming: .snakeCase) == nil)
    }

    @Test func typesAndNullability() {
        let columns = StgProducts.Columns.layout(.snakeCase).columns
        #expect(columns.map(\.type) == [.integer, .text, .text, .array(element: .text)])
        #expect(columns.map(\.isNullable) == [false, false, true, false])
    }

    @Test func historyAddsTheMetaColumns() {
        #expect(names(ProductHistory.Columns.self) == [
            "ID", "NAME", "COUNTRY", "TAGS", "DBT_SCD_ID", "DBT_UPDATED_AT", "DBT_VALID_FROM", "DBT_VALID_TO",
            "DBT_IS_DELETED",
        ])
        #expect(names(History<StgProducts.Columns>.self).last == "DBT_VALID_TO")
        let renamed = ColumnNaming.history(MetaColumns(scdID: "version", validTo: "\"until\""), validToCurrent: nil)
        #expect(History<StgProducts.Columns>.layout(renamed).columns.map(\.name).suffix(4)
            == ["VERSION", "DBT_UPDATED_AT", "DBT_VALID_FROM", "until"])
    }

    struct WithInt: Row { let count: Int }
    struct Shuffled: Row {
        let a, b: Expr<Int64>
        enum CodingKeys: String, CodingKey { case b, a }
        init(from decoder: any Decoder) throws {
            let columns = try decoder.container(keyedBy: CodingKeys.self)
            b = try columns.decode(Expr<Int64>.self, forKey: .b)
            a = try columns.decode(Expr<Int64>.self, forKey: .a)
        }
    }
    struct Twice: Row {
        let one: Expr<Int64>
        let lines: FctLines.Columns
        let orderID: Expr<Int64>
    }

    @Test func whatCannotBeARowIsSaid() {
        #expect(WithInt.layout(.snakeCase).problem
            == "WithInt: a Row holds only Expr columns and other Rows, not count, a Int")
        #expect(Shuffled.layout(.snakeCase).problem
            == "Shuffled.a: coding keys must list the properties in their order")
        #expect(Twice.layout(.snakeCase).problem == "Twice: two columns are named ORDER_ID")
    }
}
