import Testing
import Trials
import WarehouseBasics
import WarehouseSQL

@Suite struct RoundTripTests {
    @Test(arguments: [("setup.sql", 55), ("tpch.sql", 22), ("queries.sql", 134), ("statements.sql", 276)])
    func corpusSurvivesPrinting(_ file: String, _ atLeast: Int) throws {
        var parser = Parser(Corpus.text(file))
        var count = 0
        while true {
            do {
                guard let parsed = try parser.nextStatement() else { break }
                count += 1
                try check(parsed)
            } catch {
                Issue.record("\(file) after \(count) statements: \(error)")
            }
        }
        #expect(count >= atLeast)
    }

    private func check(_ parsed: ParsedStatement) throws {
        for dialect in [SQLPrinter.Dialect.warehouse, .snowflake] {
            let printed = SQLPrinter(dialect: dialect).print(parsed.statement)
            do throws(WarehouseError) {
                let again = try Parser.parseStatement(printed)
                #expect(again.statement == parsed.statement, "\(parsed.text)\n→\n\(printed)")
                #expect(SQLPrinter(dialect: dialect).print(again.statement) == printed)
            } catch {
                Issue.record("\(parsed.text)\n→\n\(printed)\n→ \(error)")
            }
        }
        _ = SQLPrinter(dialect: .spark).print(parsed.statement)
    }
}
