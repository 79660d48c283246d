import MiniWarehouse
import Testing
import WarehouseBasics

/// A role with random privileges attacks: what it does not see must answer as what is not there, and as something else of
/// that name; and what it may do goes, and nothing else.
@Suite struct RandomAccessTests {
    private struct Undo: Error {}

    private func open(_ world: AccessWorld, _ hidden: AccessWorld.Hidden) throws -> (bench: Bench, session: Session) {
        let bench = try Bench()
        let script = world.setUp(hidden)
        do {
            try bench.run(script)
        } catch let error as WarehouseError {
            Issue.record("\(error) at \(script.dropFirst(max(0, (error.span?.startOffset ?? 0) - 60)).prefix(160))")
            throw error
        }
        var options = WarehouseOptions()
        options.clock = FixedClock(seconds: 1_900_000_000)
        options.threads = 1
        return (bench, try Warehouse.open(bench.path, user: "mallory", role: "r0", options: options).session)
    }

    /// What the statement answers, and nothing of it stays.
    private func answer(_ sql: String, _ session: Session) -> (text: String, error: WarehouseError?) {
        var text = "", failure: WarehouseError?
        do {
            try session.atomically {
                do {
                    let result = try session.execute(sql)
                    text = result.columns.map(\.name).joined(separator: "|") + "\n"
                        + result.textRows(variant: .compact).map { $0.map { $0 ?? "NULL" }.joined(separator: "|") }
                        .joined(separator: "\n")
                } catch let error as WarehouseError {
                    failure = error
                    text = "\(error)"
                }
                throw Undo()
            }
        } catch is Undo {} catch { Issue.record("\(error)") }
        text.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, with: "ID")
        text.replace(/20[0-9]{2}-[0-9]{2}-[0-9]{2}[ T][0-9:.]+( ?[-+Z][0-9:]*)?/, with: "TIME")
        // The numbers of columns in plans: a view that is no secure one shows what it reads.
        if !sql.contains(".SV") { text.replace(/#[0-9]+/, with: "#") }
        return (text, failure)
    }

    private func filled(_ pattern: String, _ object: AccessWorld.Object, _ kind: String) -> String {
        let base = object.name.split(separator: ".").last.map(String.init)!
        return pattern.replacing("{k}", with: kind).replacing("{n}", with: object.name).replacing("{b}", with: base)
            .replacing("{p}", with: object.parent ?? "w.w").replacing("{r}", with: kind == "FUNCTION" ? object.name + "(INT)" : object.name)
    }

    @Test(arguments: AccessAttacks.seeds)
    func whatIsHiddenIsNotThere(seed: Int) throws {
        var random = AccessRandom(seed)
        let world = AccessWorld(&random)
        let worlds = try AccessWorld.Hidden.allCases.map { try open(world, $0) }
        defer { withExtendedLifetime(worlds) {} }
        var attacks = AccessAttacks.global.map { (sql: $0, isMaking: false) }
        for _ in 0..<AccessAttacks.count {
            let object = random.pick(world.objects)
            let kind = random.chance(3) ? random.pick(Array(AccessWorld.privileges.keys.sorted())) : object.kind
            let isMaking = random.chance(5)
            let pattern = random.pick(isMaking ? AccessAttacks.making : AccessAttacks.naming)
            attacks.append((filled(pattern, object, kind), isMaking && !world.sees(object)))
        }
        for attack in attacks {
            let answers = worlds.map { answer(attack.sql, $0.session).text }
            #expect(answers[0] == answers[1], "seed \(seed): \(attack.sql) tells what hides")
            // A name that is taken cannot be taken again.
            if !attack.isMaking { #expect(answers[0] == answers[2], "seed \(seed): \(attack.sql) tells that something hides") }
        }
    }

    private static let refusals = Set([ErrorKind.insufficientPrivileges, .objectNotFound, .schemaNotFound, .objectMissing,
                                       .grantNotExecuted, .unknownFunction, .noCurrentDatabase, .invalidIdentifier].map(\.code))

    @Test(arguments: AccessAttacks.seeds)
    func whatIsGrantedGoesAndNothingElse(seed: Int) throws {
        var random = AccessRandom(seed + 1_000_000)
        let world = AccessWorld(&random)
        let (bench, session) = try open(world, .original)
        defer { withExtendedLifetime(bench) {} }
        for object in world.objects {
            for (pattern, privilege) in AccessAttacks.needs(object.kind) {
                let sql = filled(pattern, object, object.kind)
                let isAllowed = world.may(privilege, object)
                // A view whose owner may not read what it reads.
                if object.kind == "VIEW", world.hasGivenAway(object), sql.contains("FROM") { continue }
                let (text, error) = answer(sql, session)
                let isRefused = error.map { Self.refusals.contains($0.code) } == true
                #expect(isRefused == !isAllowed, "seed \(seed): \(sql) needs \(privilege ?? "ownership"): \(text)")
            }
        }
    }
}
