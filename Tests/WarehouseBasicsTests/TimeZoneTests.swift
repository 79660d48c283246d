import Testing
@testable import WarehouseBasics

/// UTC seconds, and each zone's offset at them from Python's zoneinfo.
private let instants: [Int64] = [
    -3000000000, 0, 1240597180, 1710064799, 1710064800, 1730624400, 4115000000, 7258118400,
    13017000000, 32513680000, 160000000000, 160017000000,
]
private let zoneOffsets: [(name: String, offsets: [Int32])] = [
    ("America/Los_Angeles", [-28378, -28800, -25200, -28800, -25200, -28800, -25200, -28800, -25200, -25200, -25200,
    -25200]),
    ("Europe/Berlin", [3208, 3600, 7200, 3600, 3600, 3600, 7200, 3600, 7200, 7200, 3600, 7200]),
    ("Asia/Kolkata", [19270, 19800, 19800, 19800, 19800, 19800, 19800, 19800, 19800, 19800, 19800, 19800]),
    ("Australia/Lord_Howe", [38180, 36000, 37800, 39600, 39600, 39600, 37800, 39600, 37800, 37800, 39600, 37800]),
    ("Africa/Casablanca", [-1820, 0, 0, 0, 0, 3600, 3600, 3600, 3600, 3600, 3600, 3600]),
    ("Europe/Dublin", [-1521, 3600, 3600, 0, 0, 0, 3600, 0, 3600, 3600, 0, 3600]),
    ("America/Nuuk", [-12416, -10800, -7200, -7200, -7200, -7200, -3600, -7200, -3600, -3600, -7200, -3600]),
]

/// Zone, wall-clock seconds and UTC seconds, from Python's zoneinfo (fold 0).
private let localTimes: [(name: String, local: Int64, utc: Int64)] = [
    ("America/Los_Angeles", 1710037800, 1710066600),
    ("America/Los_Angeles", 1730597400, 1730622600),
    ("America/Los_Angeles", 1730599200, 1730628000),
    ("America/Los_Angeles", 1719792000, 1719817200),
    ("Europe/Berlin", 5687807400, 5687803800),
    ("Europe/Berlin", 5705951400, 5705944200),
    ("Australia/Lord_Howe", 1712454300, 1712414700),
    ("Australia/Lord_Howe", 1728180900, 1728143100),
    ("Europe/Dublin", 1729992600, 1729989000),
    ("America/Los_Angeles", 253386403200, 253386428400),
]

@Suite struct TimeZoneTests {
    @Test func offsetsAgreeWithPython() throws {
        for (name, offsets) in zoneOffsets {
            let rules = try TimeZoneRules.load(name)
            var cursor = rules.makeCursor()
            for (instant, offset) in zip(instants, offsets) {
                #expect(rules.offsetSeconds(atUTC: instant) == offset, "\(name) at \(instant)")
                #expect(cursor.offsetSeconds(atUTC: instant) == Int64(offset), "\(name) at \(instant)")
            }
        }
    }

    @Test func wallClocksAgreeWithPython() throws {
        for (name, local, utc) in localTimes {
            let rules = try TimeZoneRules.load(name)
            var cursor = rules.makeCursor()
            #expect(rules.utc(fromLocal: local) == utc, "\(name) at \(local)")
            #expect(cursor.utc(fromLocal: local) == utc, "\(name) at \(local)")
        }
    }

    @Test func cursorAgreesWithSearchInAnyOrder() throws {
        let rules = try TimeZoneRules.load("America/Los_Angeles")
        var cursor = rules.makeCursor()
        var state: UInt64 = 42
        for _ in 0..<20_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let instant = Int64(bitPattern: state) >> 26
            if cursor.offsetSeconds(atUTC: instant) != Int64(rules.offsetSeconds(atUTC: instant))
                || cursor.utc(fromLocal: instant) != rules.utc(fromLocal: instant) {
                Issue.record("differs at \(instant)")
            }
        }
        #expect(cursor.offsetSeconds(atUTC: .min) == cursor.offsetSeconds(atUTC: -9_000_000_000))
        _ = cursor.offsetSeconds(atUTC: .max)
        _ = cursor.utc(fromLocal: .max)
    }

    @Test func badNamesAreRefused() throws {
        for name in ["", "../etc/passwd", "/etc/passwd", "America/../UTC", "A B", "America//X", "x\u{0}y"] {
            #expect(throws: WarehouseError.self) { try TimeZoneRules.load(name) }
        }
        let error = #expect(throws: WarehouseError.self) { try TimeZoneRules.load("America/Los_Angelos") }
        #expect(error?.hint?.contains("America/Los_Angeles") == true)
        #expect(error?.message.contains("/America/Los_Angelos") == true)
        #expect(try TimeZoneRules.load("UTC").isFixed)
    }

    @Test func posixRules() throws {
        #expect(PosixTimeZone(Array("UTC0".utf8))?.summer == nil)
        #expect(PosixTimeZone(Array("<+0330>-3:30".utf8))?.standardOffset == 12_600)
        let pacific = try #require(PosixTimeZone(Array("PST8PDT".utf8)))
        #expect(pacific.changes(year: 2024).map(\.at) == [1_710_064_800, 1_730_624_400])
        let julian = try #require(PosixTimeZone(Array("AAA3BBB,J60/0,J300/0:30".utf8)))
        #expect(julian.changes(year: 2024).first?.at == 1_709_262_000)
        for bad in ["", "PS8", "PST", "PST8PDT,M13.1.0,M11.1.0", "PST8PDT,M3.2.0", "PST25", "PST8PDT,J0,J1",
        "<PST8"] {
            #expect(PosixTimeZone(Array(bad.utf8)) == nil, "\(bad)")
        }
    }

    @Test func summerTimeAllYear() throws {
        // RFC 8536's example of a zone that is always in summer time.
        var rule = try #require(PosixTimeZone(Array("XXX3EDT4,0/0,J365/23".utf8)))
        #expect(rule.summer?.offset == -14_400)
        rule.summer?.offset = -7200
        let changes = (1970...1972).flatMap { rule.changes(year: $0) }
        let rules = TimeZoneRules(name: "X", first: 0, changes: changes.sorted { $0.at < $1.at })
        #expect(rules.offsetSeconds(atUTC: 40_000_000) == -7200)
    }

    @Test func damagedFilesNeverTrap() throws {
        let rule = Array("\nPST8PDT,M3.2.0,M11.1.0\n".utf8)
        func header(_ counts: [UInt8]) -> [UInt8] {
            Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15) + counts.flatMap { [0, 0, 0, $0] }
        }
        let firstBlock = header([0, 0, 0, 0, 1, 1]) + [0, 0, 0, 0, 0, 0, 0]
        let second = header([0, 0, 0, 1, 2, 4]) + [0, 0, 0, 0, 0, 0, 0, 100, 1]
            + [0xFF, 0xFF, 0x8F, 0x80, 0, 0] + [0, 0, 0, 0, 1, 0] + Array("ABC\0".utf8)
        let good = firstBlock + second + rule
        let rules = try TZifReader.read(good, name: "T", path: "/t")
        #expect(rules.offsetSeconds(atUTC: 99) == -28_800)
        #expect(rules.offsetSeconds(atUTC: 100) == 0)
        #expect(rules.offsetSeconds(atUTC: 1_720_000_000) == -25_200)
        for length in 0..<good.count {
            #expect(throws: WarehouseError.self) { try TZifReader.read(Array(good[..<length]), name: "T",
            path: "/t") }
        }
        for index in good.indices {
            for value: UInt8 in [0, 1, 0x7F, 0x80, 0xFF] {
                var bad = good
                bad[index] = value
                if let rules = try? TZifReader.read(bad, name: "T", path: "/t") {
                    _ = rules.offsetSeconds(atUTC: 1 << 40)
                    _ = rules.utc(fromLocal: -5)
                }
            }
        }
    }
}
