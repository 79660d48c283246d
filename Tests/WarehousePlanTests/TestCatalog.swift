import WarehouseBasics
import WarehouseSQL
@testable import WarehousePlan

/// A table that is only its columns.
final class TestTable: CatalogTable {
    let name: ObjectName
    let columns: [ColumnSchema]
    let rowCount: Int?
    let hiddenColumnCount: Int
    let known: [ColumnStatistics]

    init(_ name: String, _ columns: [ColumnSchema], rowCount: Int? = nil, hidden: Int = 0,
         statistics: [ColumnStatistics] = []) {
        self.name = ObjectName(database: "DB", schema: "S", name: name)
        self.columns = columns
        self.rowCount = rowCount
        self.hiddenColumnCount = hidden
        self.known = statistics
    }

    func statistics(ofColumn index: Int) -> ColumnStatistics { known.indices.contains(index) ? known[index] : .unknown }
}

/// Tables and views in memory.
final class TestCatalog: Catalog {
    let tables: [String: TestTable]
    let views: [String: (text: String, columns: [String])]
    let variables: [String: Constant]
    let context: SessionContext

    init(_ tables: [TestTable] = TestCatalog.standardTables, views: [String: (text: String, columns: [String])] = [:],
         variables: [String: Constant] = [:], parameters: [String: String] = [:]) {
        self.tables = Dictionary(uniqueKeysWithValues: tables.map { ($0.name.name, $0) })
        self.views = views
        self.variables = variables
        context = SessionContext(role: "ACCOUNTADMIN", user: "ME", database: "DB", schema: "S", warehouse: nil,
                                 statementTime: 1_700_000_000_000_000_000, parameters: parameters)
    }

    func resolveRelation(_ parts: [String], privilege: Privilege) throws(WarehouseError) -> CatalogRelation {
        let name = parts[parts.count - 1]
        if let table = tables[name] { return .table(table) }
        if let view = views[name] {
            return .view(CatalogView(name: ObjectName(database: "DB", schema: "S", name: name), text: view.text,
                                     columnNames: view.columns, catalog: self))
        }
        throw WarehouseError(.objectNotFound,
            "SQL compilation error:\nObject '\(parts.joined(separator: "."))' does not exist "
            + "or not authorized.")
    }

    func resolveStage(_ stage: StageReference, columnCount: Int) throws(WarehouseError) -> any CatalogTable {
        let fields = (1...max(1, columnCount)).map { ColumnSchema("$\($0)", .text) }
        return TestTable("STAGE", fields + [ColumnSchema("METADATA$FILENAME", .text)], hidden: 1)
    }

    func resolveTableFunction(_ name: String, _ arguments: [CatalogArgument]) throws(WarehouseError)
        -> (any CatalogTable)? {
        name == "RESULT_SCAN" ? TestTable("RESULT_SCAN", [ColumnSchema("A", .integer)]) : nil
    }

    func variable(_ name: String) -> Constant? { variables[name] }

    static let standardTables: [TestTable] = [
        TestTable("T", [ColumnSchema("A", .integer), ColumnSchema("B", .integer), ColumnSchema("C", .text)],
            rowCount: 1000),
        TestTable("U", [ColumnSchema("A", .integer), ColumnSchema("D", .float), ColumnSchema("E", .date)],
            rowCount: 10),
        TestTable("N", [ColumnSchema("K", .number(precision: 10, scale: 2), isNullable: false),
                        ColumnSchema("V", .variant), ColumnSchema("TS", .timestampLTZ(scale: 9)),
                        ColumnSchema("ARR", .array(element: .text)), ColumnSchema("OK", .boolean)], rowCount: 100),
        TestTable("RAW_MOVIES", [ColumnSchema("MOVIEID", .integer), ColumnSchema("TITLE", .text),
                                 ColumnSchema("GENRES", .text)], rowCount: 27_278),
        TestTable("RAW_RATINGS", [ColumnSchema("USERID", .integer), ColumnSchema("MOVIEID", .integer),
                                  ColumnSchema("RATING", .float), ColumnSchema("TIMESTAMP", .integer)],
                  rowCount: 20_000_263),
        TestTable("RAW_TAGS", [ColumnSchema("USERID", .integer), ColumnSchema("MOVIEID", .integer),
                               ColumnSchema("TAG", .text), ColumnSchema("TIMESTAMP", .integer)], rowCount: 465_564),
        TestTable("RAW_GENOME_TAGS", [ColumnSchema("TAGID", .integer), ColumnSchema("TAG", .text)], rowCount: 1128),
        TestTable("RAW_GENOME_SCORES", [ColumnSchema("MOVIEID", .integer), ColumnSchema("TAGID", .integer),
                                        ColumnSchema("RELEVANCE", .float)], rowCount: 11_709_768),
    ]
}

/// Binding without the optimizer, for tests of binding alone.
func bind(_ sql: String, _ catalog: TestCatalog = TestCatalog(), parameters: BoundParameters = BoundParameters()) throws
    -> BoundQuery {
    try Binder(catalog: catalog, parameters: parameters).bind(try Parser.parseQuery(sql))
}

/// The bound plan as text.
func plan(_ sql: String, _ catalog: TestCatalog = TestCatalog()) throws -> String {
    PlanPrinter.text(try bind(sql, catalog).plan)
}

/// Names and types of the result: `A NUMBER(38,0), B FLOAT`.
func columns(_ sql: String, _ catalog: TestCatalog = TestCatalog()) throws -> String {
    try bind(sql, catalog).columns.map { "\($0.name) \($0.type)" }.joined(separator: ", ")
}

/// The error that binding throws; nil when it throws none.
func failure(_ sql: String, _ catalog: TestCatalog = TestCatalog()) -> WarehouseError? {
    do {
        _ = try bind(sql, catalog)
        return nil
    } catch let error as WarehouseError {
        return error
    } catch {
        return nil
    }
}

extension LogicalPlan {
    /// Columns that some node's expressions read though neither its inputs nor, of a scan, the node itself have them.
    var looseColumns: Set<ColumnID> {
        var used: Set<ColumnID> = []
        for expression in expressions { expression.collectColumns(into: &used) }
        var known = Set(inputs.flatMap(\.columns).map(\.id))
        if case .scan(let scan) = self { known = Set(scan.columns.map(\.column.id)) }
        return inputs.reduce(used.subtracting(known)) { $0.union($1.looseColumns) }
    }
}
