import MiniWarehouse
#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The process that is killed: it commits until then, and acknowledges each commit on its standard output.
///
/// Commit n inserts n into `log`, in a transaction with a row of `twin`; each tenth changes rows that are there, each
/// fiftieth loads a thousand rows at once; between some of them a clone is made, dropped and brought back.
/// `log` therefore always holds 1…n, and `twin` as many rows.
enum CommittingChild {
    static func run(_ path: String) -> Never {
        do {
            let warehouse = try Warehouse.open(path)
            var next = try warehouse.query("SELECT COALESCE(MAX(n), 0) FROM log").textRows()[0][0].flatMap { Int($0) } ?? 0
            say("ready")
            while true {
                next += 1
                try warehouse.execute("BEGIN")
                try warehouse.execute("INSERT INTO log VALUES (\(next), 'entry \(next)')")
                try warehouse.execute("INSERT INTO twin VALUES (\(next))")
                if next % 10 == 0 {
                    try warehouse.execute("UPDATE log SET note = 'seen ' || n WHERE n % 10 = \(next / 10 % 10)")
                    try warehouse.execute("DELETE FROM bulk WHERE part < \(next - 100)")
                }
                if next % 50 == 0 {
                    try warehouse.execute("""
                        INSERT INTO bulk SELECT \(next), SEQ4() FROM TABLE(GENERATOR(ROWCOUNT => 1000))
                        """)
                }
                try warehouse.execute("COMMIT")
                say("\(next)")
                if next % 7 == 0 { try warehouse.execute("CREATE OR REPLACE TABLE copy CLONE log") }
                if next % 35 == 0 { try warehouse.execute("DROP TABLE copy; UNDROP TABLE copy; VACUUM") }
            }
        } catch {
            say("error " + "\(error)".replacing("\n", with: " "))
            exit(3)
        }
    }
}
