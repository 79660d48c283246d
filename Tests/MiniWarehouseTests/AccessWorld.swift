import MiniWarehouse
import WarehouseBasics

/// A small world of objects and random grants, and an independent account of who may do what with them: the roles are
/// sets of pairs of an object and a privilege, nothing else.
struct AccessWorld {
    struct Object: Hashable {
        var kind: String
        /// `D.S.T`
        var name: String
        var parent: String? { name.contains(".") ? String(name[..<name.lastIndex(of: ".")!]) : nil }
        /// As GRANT and DROP name it.
        var reference: String { kind == "FUNCTION" ? name + "(INT)" : name }
        var grant: String { "\(kind) \(reference)" }
    }

    /// How the objects that the role does not see are made: as they are, as others of the same names, or not at all.
    enum Hidden: CaseIterable { case original, other, missing }

    static let databases = ["D", "E"]
    static let schemas = databases.flatMap { ["\($0).S", "\($0).Z"] }
    static let privileges: [String: [String]] = [
        "DATABASE": ["USAGE", "MONITOR", "MODIFY", "CREATE SCHEMA"],
        "SCHEMA": ["USAGE", "MONITOR", "MODIFY", "CREATE TABLE", "CREATE VIEW", "CREATE STAGE"],
        "TABLE": ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES"], "VIEW": ["SELECT", "REFERENCES"],
        "STAGE": ["READ"], "FILE FORMAT": ["USAGE"], "SEQUENCE": ["USAGE"], "FUNCTION": ["USAGE"], "TAG": ["APPLY"],
    ]
    static let roles = ["R0", "R1", "R2", "R3"]

    let objects: [Object]
    /// Statements before the objects are there, and after.
    private(set) var promises: [String] = []
    private(set) var grants: [(statement: String, about: Object?)] = []
    private(set) var managed: Set<String> = []
    private(set) var held: [String: Set<String>] = [:]
    private var owners: [Object: String] = [:]
    private(set) var primary: Set<String> = ["R0"]
    private(set) var active: Set<String> = ["R0"]
    private var hasSecondary = false

    init(_ random: inout AccessRandom) {
        var all = AccessWorld.databases.map { Object(kind: "DATABASE", name: $0) }
        all += AccessWorld.schemas.map { Object(kind: "SCHEMA", name: $0) }
        for schema in AccessWorld.schemas {
            for (kind, name) in [("TABLE", "T"), ("FUNCTION", "F"), ("TABLE", "U"), ("VIEW", "V"), ("VIEW", "SV"), ("STAGE", "ST"),
                                 ("FILE FORMAT", "FF"), ("SEQUENCE", "SEQ"), ("TAG", "TG")] {
                all.append(Object(kind: kind, name: "\(schema).\(name)"))
            }
        }
        objects = all
        managed = Set(AccessWorld.schemas.filter { _ in random.chance(4) })
        makeRoles(&random)
        promise(&random)
        for object in objects { grant(object, &random) }
    }

    private mutating func makeRoles(_ random: inout AccessRandom) {
        if random.chance(2) {
            grants.append(("GRANT ROLE r1 TO ROLE r0", nil))
            primary.insert("R1")
        }
        if random.chance(2) {
            grants.append(("GRANT ROLE r2 TO ROLE r1", nil))
            if primary.contains("R1") { primary.insert("R2") }
        }
        hasSecondary = random.chance(2)
        active = primary.union(hasSecondary ? ["R3"] : [])
    }

    /// FUTURE grants: those of a schema keep those of its database off, for objects of the same kind.
    private mutating func promise(_ random: inout AccessRandom) {
        for kind in ["TABLE", "VIEW", "FUNCTION", "STAGE"] where random.chance(3) {
            let database = random.pick(AccessWorld.databases), role = random.pick(AccessWorld.roles)
            let privilege = random.pick(AccessWorld.privileges[kind]!), places = AccessWorld.schemas.filter { $0.hasPrefix(database) }
            promises.append("GRANT \(privilege) ON FUTURE \(kind)S IN DATABASE \(database) TO ROLE \(role)")
            let inSchema = random.chance(2) ? random.pick(places) : nil
            if let inSchema {
                let other = random.pick(AccessWorld.roles), special = random.pick(AccessWorld.privileges[kind]!)
                promises.append("GRANT \(special) ON FUTURE \(kind)S IN SCHEMA \(inSchema) TO ROLE \(other)")
                for object in objects where object.kind == kind && object.parent == inSchema { hold(special, object, other) }
            }
            for object in objects where object.kind == kind && places.contains(object.parent!) && object.parent != inSchema {
                hold(privilege, object, role)
            }
        }
    }

    private mutating func hold(_ privilege: String, _ object: Object, _ role: String) {
        held["\(object.grant) \(role)", default: []].insert(privilege)
    }

    private mutating func grant(_ object: Object, _ random: inout AccessRandom) {
        let isContainer = object.kind == "DATABASE" || object.kind == "SCHEMA", known = AccessWorld.privileges[object.kind]!
        let role = random.pick(AccessWorld.roles)
        func add(_ statement: String) { grants.append((statement, object)) }
        guard random.chance(2) || isContainer && !random.chance(3) else { return }
        let privilege = isContainer && !random.chance(3) ? "USAGE" : random.pick(known)
        switch random.below(8) {
        case 0 where !isContainer:
            add("GRANT ALL ON \(object.grant) TO ROLE \(role)")
            for one in known { hold(one, object, role) }
        case 1 where !isContainer && object.kind != "FUNCTION":
            // Every one of that kind in the schema, this one among them.
            let kin = objects.filter { $0.kind == object.kind && $0.parent == object.parent }
            grants.append(("GRANT \(privilege) ON ALL \(object.kind)S IN SCHEMA \(object.parent!) TO ROLE \(role)", object))
            for one in kin { hold(privilege, one, role) }
        case 2 where !managed.contains(object.parent ?? ""):
            add("GRANT OWNERSHIP ON \(object.grant) TO ROLE \(role) REVOKE CURRENT GRANTS")
            if isContainer { add("GRANT USAGE ON \(object.grant) TO ROLE link") }
            for one in AccessWorld.roles { held["\(object.grant) \(one)"] = nil }
            owners[object] = role
        case 3 where !managed.contains(object.parent ?? ""):
            add("GRANT OWNERSHIP ON \(object.grant) TO ROLE \(role) COPY CURRENT GRANTS")
            owners[object] = role
        case 4 where !isContainer && !managed.contains(object.parent ?? ""):
            add("GRANT \(privilege) ON \(object.grant) TO ROLE link WITH GRANT OPTION")
            add("USE ROLE link; GRANT \(privilege) ON \(object.grant) TO ROLE r4; USE ROLE accountadmin")
            if random.chance(2) {
                add("REVOKE \(privilege) ON \(object.grant) FROM ROLE link CASCADE")
            } else {
                grants.append(("GRANT ROLE r4 TO ROLE r0", nil))
                primary.insert("R4")
                active.insert("R4")
                hold(privilege, object, "R4")
            }
        case 5:
            add("GRANT \(privilege) ON \(object.grant) TO ROLE \(role)")
            add("REVOKE \(privilege) ON \(object.grant) FROM ROLE \(role)")
            held["\(object.grant) \(role)"]?.remove(privilege)
        default:
            add("GRANT \(privilege) ON \(object.grant) TO ROLE \(role)")
            hold(privilege, object, role)
        }
    }

    // MARK: Answers

    func object(_ name: String) -> Object? { objects.first { $0.name == name } }

    private func owns(_ object: Object, _ roles: Set<String>) -> Bool { owners[object].map(roles.contains) == true }

    private func holdsSome(_ object: Object, _ roles: Set<String>) -> Bool {
        owns(object, roles) || roles.contains { held["\(object.grant) \($0)"]?.isEmpty == false }
    }

    func reaches(_ object: Object, primaryOnly: Bool = false) -> Bool {
        guard let parent = object.parent.flatMap(self.object) else { return true }
        return holdsSome(parent, primaryOnly ? primary : active) && reaches(parent, primaryOnly: primaryOnly)
    }

    func sees(_ object: Object) -> Bool {
        if let schema = object.parent.flatMap(self.object), managed.contains(schema.name), owns(schema, active), reaches(schema) {
            return true
        }
        return holdsSome(object, active) && reaches(object)
    }

    func may(_ privilege: String?, _ object: Object, primaryOnly: Bool = false) -> Bool {
        let roles = primaryOnly ? primary : active
        let holds = owns(object, roles) || roles.contains { role in
            privilege.map { held["\(object.grant) \(role)"]?.contains($0) == true } ?? false
        }
        return holds && reaches(object, primaryOnly: primaryOnly)
    }

    func isOwned(_ object: Object) -> Bool { owns(object, active) }
    func hasGivenAway(_ object: Object) -> Bool { owners[object] != nil }

    // MARK: Making it

    func setUp(_ hidden: Hidden) -> String {
        var sql = "CREATE DATABASE h; CREATE SCHEMA h.x; CREATE DATABASE w; CREATE SCHEMA w.w; CREATE USER mallory "
            + "DEFAULT_SECONDARY_ROLES = ('\(hasSecondary ? "ALL" : "")')".replacing("('')", with: "()") + ";"
        sql += ["r0", "r1", "r2", "r3", "r4", "link"].map { "CREATE ROLE \($0); GRANT ROLE \($0) TO ROLE accountadmin;" }.joined()
        sql += "GRANT ROLE r0 TO USER mallory; GRANT ROLE r3 TO USER mallory; GRANT ROLE link TO USER admin;"
        sql += hidden == .original ? "CREATE TABLE h.x.base (n INT);" : "CREATE TABLE h.x.base (n INT, zz INT) COMMENT = 'other';"
        sql += "INSERT INTO h.x.base (n) VALUES (1), (2);"
        sql += "GRANT USAGE ON DATABASE h TO ROLE link;"
        let made = objects.filter { isMade($0, hidden) }
        for object in made where object.kind == "DATABASE" || object.kind == "SCHEMA" {
            sql += create(object, hidden) + ";"
            sql += "GRANT USAGE ON \(object.grant) TO ROLE link;"
        }
        for statement in promises where hidden != .missing || made.contains(where: { statement.hasSuffixOfPlace($0.name) }) {
            sql += statement + ";"
        }
        for object in made where object.kind != "DATABASE" && object.kind != "SCHEMA" { sql += create(object, hidden) + ";" }
        if hidden == .original {
            for schema in AccessWorld.schemas { sql += "CREATE TABLE \(schema).gone (n INT); DROP TABLE \(schema).gone;" }
        }
        for (statement, about) in grants {
            if let about, hidden != .original, !sees(about) { continue }
            sql += statement + ";"
        }
        if hidden != .original {
            for object in made where !sees(object) && object.kind != "FUNCTION" {
                let kind = kindMade(object, hidden)
                for role in AccessWorld.roles { sql += "REVOKE ALL ON \(kind) \(object.name) FROM ROLE \(role);" }
            }
            for object in made where !sees(object) && object.kind == "FUNCTION" {
                for role in AccessWorld.roles { sql += "REVOKE ALL ON \(object.grant) FROM ROLE \(role);" }
                if hidden == .missing { sql += "DROP FUNCTION \(object.reference);" }
            }
        }
        return sql + """
            GRANT USAGE ON DATABASE w TO ROLE r0; GRANT OWNERSHIP ON SCHEMA w.w TO ROLE r0; CREATE TABLE w.w.mine (n INT PRIMARY KEY);
            CREATE STAGE w.w.st; GRANT OWNERSHIP ON TABLE w.w.mine TO ROLE r0; GRANT OWNERSHIP ON STAGE w.w.st TO ROLE r0
            """
    }

    /// A table that another refers to is always there, and the function of a DEFAULT when it is set up.
    private func isMade(_ object: Object, _ hidden: Hidden) -> Bool {
        guard hidden == .missing else { return true }
        var place: Object? = object.parent.flatMap(self.object)
        while let one = place {
            guard sees(one) else { return false }
            place = one.parent.flatMap(self.object)
        }
        return sees(object) || object.kind == "FUNCTION" || isReferredTo(object)
    }

    private func isReferredTo(_ object: Object) -> Bool {
        object.name.hasSuffix(".T") && sees(self.object(object.parent! + ".U")!)
    }

    private func kindMade(_ object: Object, _ hidden: Hidden) -> String {
        guard hidden == .other, !sees(object), !object.name.hasSuffix(".T") else { return object.kind }
        return object.kind == "TABLE" ? "VIEW" : object.kind == "VIEW" ? "TABLE" : object.kind
    }

    private func create(_ object: Object, _ hidden: Hidden) -> String {
        let name = object.name, isOther = hidden != .original && !sees(object), comment = isOther ? "other" : "secret words"
        switch kindMade(object, hidden) {
        case "DATABASE": return "CREATE DATABASE \(name) COMMENT = '\(comment)'"
        case "SCHEMA":
            return "CREATE SCHEMA \(name)\(managed.contains(name) ? " WITH MANAGED ACCESS" : "") COMMENT = '\(comment)'"
        case "TABLE" where name.hasSuffix(".U") && !isOther:
            return "CREATE TABLE \(name) (n INT DEFAULT f(1), m INT REFERENCES t (n))"
        case "TABLE" where name.hasSuffix(".T"):
            let more = isOther ? ", zz VARCHAR" : ""
            return "CREATE TABLE \(name) (n INT PRIMARY KEY\(more)) COMMENT = '\(comment)'; "
                + "INSERT INTO \(name) (n) VALUES (1)\(isOther ? ", (2)" : "")"
        case "TABLE": return "CREATE TABLE \(name) (zz INT) COMMENT = '\(comment)'"
        case "VIEW" where isOther: return "CREATE VIEW \(name) AS SELECT 1 AS zz"
        case "VIEW": return "CREATE \(name.hasSuffix(".SV") ? "SECURE " : "")VIEW \(name) AS SELECT n FROM h.x.base"
        case "STAGE": return "CREATE STAGE \(name) COMMENT = '\(comment)'"
        case "FILE FORMAT": return "CREATE FILE FORMAT \(name) TYPE = CSV COMMENT = '\(comment)'"
        case "SEQUENCE": return "CREATE SEQUENCE \(name) START = \(isOther ? 77 : 1) COMMENT = '\(comment)'"
        case "FUNCTION":
            return "USE SCHEMA \(object.parent!); CREATE FUNCTION \(name)(x INT) RETURNS INT COMMENT = '\(comment)' "
                + "AS 'x\(isOther ? " + 1" : "")'"
        default: return "CREATE TAG \(name) COMMENT = '\(comment)'"
        }
    }
}

/// SplitMix64.
struct AccessRandom: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: Int) { state = UInt64(seed + 1) &* 0xD1B5_4A32_D192_ED03 ^ 0x5851_F42D_4C95_7F2D }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    mutating func chance(_ oneIn: Int) -> Bool { below(oneIn) == 0 }
    mutating func pick<Element>(_ list: [Element]) -> Element { list[below(list.count)] }
}

private extension String {
    /// Whether a promise is about that place.
    func hasSuffixOfPlace(_ place: String) -> Bool { contains(" IN SCHEMA \(place) ") || contains(" IN DATABASE \(place) ") }
}
