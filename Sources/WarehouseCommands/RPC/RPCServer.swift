import MiniWarehouse
import WarehouseBasics

/// Answers requests of a program: a JSON object a line in, a JSON object a line out, in order, each flushed.
///
/// | request | |
/// |---|---|
/// | `sql` | a script, of which the last statement answers; the first error stops it |
/// | `conn` | optional: the name of a session of its own, made when first named |
///
/// ```
/// {"sql":"SELECT 1 AS N"}  →  {"columns":[{"name":"N","type":"NUMBER(1,0)"}],"rows":[[1]],"rowcount":1}
/// {"sql":"SELECT x"}       →  {"error":"…","code":"000904","sqlstate":"42000","line":1,"column":8}
/// ```
/// Line and column are null where an error has no place in the SQL.
final class RPCServer {
    private let input: LineReader
    private let answers: RPCAnswerWriter
    private let mainSession: Session
    private var namedSessions: [String: Session] = [:]
    private let makeSession: () throws -> Session
    private let interrupts: Interrupts

    /// `makeSession` makes the session of a name that a request uses first.
    init(session: Session, input: LineReader, output: TextOutput, interrupts: Interrupts = .shared,
         makeSession: @escaping () throws -> Session) {
        mainSession = session
        self.input = input
        answers = RPCAnswerWriter(output)
        self.interrupts = interrupts
        self.makeSession = makeSession
    }

    /// Answers until the input ends. Throws only when input or output fail.
    func run() throws {
        while let line = try input.next() {
            switch line {
            case .tooLong:
                try answers.write(WarehouseError(
                    .limitExceeded, "A request takes at most \(grouped(LineReader.maximumBytes)) bytes."))
            case .bytes(let bytes):
                if bytes.allSatisfy({ $0 == 32 || $0 == 9 || $0 == 13 }) { continue }
                try answer(bytes)
            }
        }
    }

    private func answer(_ line: [UInt8]) throws {
        let result: ResultSet
        do {
            let request = try RPCRequest(line)
            let session = try session(request.connection)
            result = try interrupts.cancelling(session, endsProcess: false) { try session.execute(request.sql) }
        } catch let error as WarehouseError {
            return try answers.write(error)
        } catch {
            return try answers.write(WarehouseError(.internalFault, "\(error)"))
        }
        try answers.write(result)
    }

    private func session(_ name: String?) throws -> Session {
        guard let name else { return mainSession }
        if let session = namedSessions[name] { return session }
        let session = try makeSession()
        namedSessions[name] = session
        return session
    }
}
