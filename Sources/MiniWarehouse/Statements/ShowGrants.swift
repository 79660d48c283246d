import WarehouseBasics
import WarehouseSQL
import WarehouseStorage

/// SHOW GRANTS in its forms, and SHOW FUTURE GRANTS.
enum ShowGrants {
    static func run(_ statement: ShowStatement, in run: StatementRun) throws -> ResultSet {
        let catalog = try run.catalog()
        if statement.family == "FUTURE GRANTS" { return try future(statement, catalog, run) }
        switch statement.grants {
        case nil: return byRole(run.state.role, catalog)
        case .to(.role(let reference))?:
            return byRole(try ObjectFinder.require(.role, reference, run).name, catalog)
        case .to(.user(let reference))?:
            let user = try ObjectFinder.require(.user, reference, run)
            return roleGrants(catalog) { $0.text("TO") == "USER" && $0.text("GRANTEE") == user.name }
        case .of(.role(let reference))?:
            let role = try ObjectFinder.require(.role, reference, run)
            return roleGrants(catalog) { $0.name == role.name }
        case .on(let target)?:
            return try on(target, catalog, run)
        default:
            throw StatementDispatcher.unsupported("this form of SHOW GRANTS")
        }
    }

    private static func roleGrants(_ catalog: CatalogState, where isWanted: (CatalogEntry) -> Bool) -> ResultSet {
        var rows = RowBuilder("created_on@ role granted_to grantee_name granted_by")
        for grant in catalog.grants where grant.text("ON") == "ROLE" && isWanted(grant) {
            rows.add([.moment(grant.createdAt), .text(grant.name), .text(grant.text("TO")),
                      .text(grant.text("GRANTEE")),
                      .text(grant.text("BY"))])
        }
        return rows.result
    }

    private static let columns = "created_on@ privilege granted_on name granted_to grantee_name grant_option granted_by"

    /// `FILE FORMAT` as `FILE_FORMAT`.
    private static func underscored(_ kind: String?) -> String {
        (kind ?? "").split(separator: " ").joined(separator: "_")
    }

    private static func row(_ grant: CatalogEntry, _ catalog: CatalogState) -> [ScalarValue] {
        // The object may have been renamed since the grant.
        let name = grant.target.flatMap { catalog.entries[$0] }.map { GrantTargets.fullName($0, catalog) } ?? grant.name
        return [.moment(grant.createdAt), .text(grant.text("PRIVILEGE")), .text(underscored(grant.text("ON"))),
         .text(name), .text(grant.text("TO")), .text(grant.text("GRANTEE")),
         .trueFalse(grant.attributes["OPTION"]?.flag), .text(grant.text("BY"))]
    }

    private static func ownership(_ entry: CatalogEntry, _ catalog: CatalogState) -> [ScalarValue] {
        [.moment(entry.createdAt), .text("OWNERSHIP"), .text(underscored(GrantTargets.objectKind(entry))),
         .text(GrantTargets.fullName(entry, catalog)), .text("ROLE"), .text(entry.owner), .text("true"),
         .text(entry.owner)]
    }

    private static func byRole(_ role: String, _ catalog: CatalogState) -> ResultSet {
        var rows = RowBuilder(columns)
        for grant in catalog.grants
            where grant.text("TO") == "ROLE" && grant.text("GRANTEE") == role
            && grant.attributes["FUTURE"]?.flag != true {
            rows.add(row(grant, catalog))
        }
        let owned = catalog.entries.values.filter { entry in
            entry.owner == role && entry.kind != .grant && entry.kind != .loadedFile && entry.temporarySession == nil
        }.sorted { $0.id < $1.id }
        for entry in owned { rows.add(ownership(entry, catalog)) }
        return rows.result
    }

    private static func on(_ target: GrantTarget, _ catalog: CatalogState, _ run: StatementRun) throws -> ResultSet {
        var rows = RowBuilder(columns)
        for object in try GrantTargets.resolve(target, run) {
            if let id = object.id, let entry = catalog.entries[id] { rows.add(ownership(entry, catalog)) }
            for grant in catalog.grants
                where grant.target == object.id && grant.text("ON") == object.kind
                && grant.attributes["FUTURE"]?.flag != true {
                rows.add(row(grant, catalog))
            }
        }
        return rows.result
    }

    private static func future(_ statement: ShowStatement, _ catalog: CatalogState,
                               _ run: StatementRun) throws -> ResultSet {
        var rows = RowBuilder("created_on@ privilege grant_on name grant_to grantee_name grant_option")
        var promised = catalog.grants.filter { $0.attributes["FUTURE"]?.flag == true }
        switch statement.grants {
        case .to(.role(let reference))?:
            let role = try ObjectFinder.require(.role, reference, run).name
            promised = promised.filter { $0.text("GRANTEE") == role }
        case .inContainer(let container)?:
            let holder = try GrantTargets.entry(of: container, run)?.id
            promised = promised.filter { $0.target == holder }
        default: break
        }
        for grant in promised {
            let kind = grant.text("ON") ?? ""
            let holder = grant.target.flatMap { catalog.entries[$0] }.map { GrantTargets.fullName($0, catalog) }
            rows.add([.moment(grant.createdAt), .text(grant.text("PRIVILEGE")), .text(underscored(kind)),
                      .text("\(holder ?? grant.name).<\(kind)>"), .text("ROLE"), .text(grant.text("GRANTEE")),
                      .trueFalse(grant.attributes["OPTION"]?.flag)])
        }
        return rows.result
    }
}
