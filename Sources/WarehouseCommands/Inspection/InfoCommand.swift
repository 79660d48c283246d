import ArgumentParser
import MiniWarehouse
import WarehouseBasics

/// `mlwh info`.
struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Show how tables lie on disk: columns, codecs, sizes, ratios.",
        discussion: """
              mlwh info -d shop.mlwh
              mlwh info raw.sales --format csv
            """)

    @OptionGroup(title: "Warehouse") var warehouse: WarehouseArguments

    @Argument(help: ArgumentHelp("Only tables of these names: NAME, SCHEMA.NAME or DATABASE.SCHEMA.NAME.",
                                 valueName: "table"))
    var tables: [String] = []

    @Option(help: "How they are printed.")
    var format = OutputFormat.table

    func run() throws {
        var info = try warehouse.open(createIfMissing: false).info()
        if !tables.isEmpty {
            for name in tables where !info.tables.contains(where: { Self.isMeant($0, name) }) {
                throw WarehouseError(.objectNotFound, "Table '\(name)' does not exist.")
            }
            info.tables.removeAll { table in !tables.contains { Self.isMeant(table, $0) } }
        }
        let width = TextOutput.standardOutput.terminalColumns
        try format.write(info.tableRows, to: .standardOutput, columns: width)
        if format.needsSeparator { try TextOutput.standardOutput.write("\n") }
        try format.write(info.columnRows, to: .standardOutput, columns: width)
    }

    private static func isMeant(_ table: TableInfo, _ name: String) -> Bool {
        [table.name, "\(table.schema).\(table.name)", "\(table.database).\(table.schema).\(table.name)"]
            .contains { $0 == name || $0 == name.uppercased() }
    }
}
