import WarehouseBasics

extension SQLWriter {
    // MARK: Grants

    mutating func write(_ grant: GrantStatement) {
        write("GRANT ")
        write(grant.right)
        write(" TO ")
        write(grant.grantee)
        if grant.withGrantOption { write(" WITH GRANT OPTION") }
        if let current = grant.currentGrants { write(" " + current.rawValue) }
    }

    mutating func write(_ revoke: RevokeStatement) {
        write(revoke.grantOptionOnly ? "REVOKE GRANT OPTION FOR " : "REVOKE ")
        write(revoke.right)
        write(" FROM ")
        write(revoke.grantee)
        if let behavior = revoke.behavior { write(" " + behavior.rawValue) }
    }

    private mutating func write(_ right: GrantedRight) {
        switch right {
        case .role(let role): write(word: "ROLE", role)
        case .databaseRole(let role): write(word: "DATABASE ROLE", role)
        case .privileges(let privileges, let target):
            switch privileges {
            case .all: write("ALL PRIVILEGES")
            case .named(let names): write(names.joined(separator: ", "))
            }
            write(" ON ")
            write(target)
        }
    }

    private mutating func write(word: String, _ name: ObjectReference?) {
        write(word)
        if let name {
            write(" ")
            write(name)
        }
    }

    private mutating func write(_ target: GrantTarget) {
        switch target {
        case .account: write("ACCOUNT")
        case .object(let kind, let name, let types):
            write(word: kind.rawValue, name)
            write(argumentTypes: types)
        case .relation(let name): write(name)
        case .all(let kind, let container):
            write("ALL \(kind.plural) IN ")
            write(container)
        case .future(let kind, let container):
            write("FUTURE \(kind.plural) IN ")
            write(container)
        }
    }

    private mutating func write(_ container: GrantContainer) {
        switch container {
        case .account: write("ACCOUNT")
        case .database(let name): write(word: "DATABASE", name)
        case .schema(let name): write(word: "SCHEMA", name)
        }
    }

    private mutating func write(_ grantee: Grantee) {
        switch grantee {
        case .role(let name): write(word: "ROLE", name)
        case .databaseRole(let name): write(word: "DATABASE ROLE", name)
        case .user(let name): write(word: "USER", name)
        case .share(let name): write(word: "SHARE", name)
        }
    }

    // MARK: USE, SET, SHOW, DESCRIBE

    mutating func write(_ use: UseStatement) {
        switch use {
        case .role(let name): write(word: "USE ROLE", name)
        case .warehouse(let name): write(word: "USE WAREHOUSE", name)
        case .database(let name): write(word: "USE DATABASE", name)
        case .schema(let name): write(word: "USE SCHEMA", name)
        case .any(let name): write(word: "USE", name)
        case .secondaryRoles(.all): write("USE SECONDARY ROLES ALL")
        case .secondaryRoles(.none): write("USE SECONDARY ROLES NONE")
        case .secondaryRoles(.named(let names)):
            write("USE SECONDARY ROLES ")
            list(names) { $0.write($1) }
        }
    }

    mutating func write(_ set: SetStatement) {
        write("SET ")
        let isList = set.names.count > 1 || set.values.count > 1
        if isList { write(columns: set.names) } else { write(set.names[0]) }
        write(" = ")
        if set.values.count == 1 { write(set.values[0]) } else { parenthesized(set.values) { $0.write($1) } }
    }

    mutating func write(_ show: ShowStatement) {
        write(show.isTerse ? "SHOW TERSE " : "SHOW ")
        write(show.family)
        switch show.grants {
        case .on(let target):
            write(" ON ")
            write(target)
        case .to(let grantee):
            write(" TO ")
            write(grantee)
        case .of(let grantee):
            write(" OF ")
            write(grantee)
        case .inContainer(let container):
            write(" IN ")
            write(container)
        case nil: break
        }
        if show.withHistory { write(" HISTORY") }
        writeOption(" LIKE ", show.like)
        if let scope = show.scope {
            write(" IN ")
            write(scope)
        }
        writeOption(" STARTS WITH ", show.startsWith)
        if let limit = show.limit { write(" LIMIT \(limit)") }
        writeOption(" FROM ", show.limitFrom)
        if !show.privileges.isEmpty { write(" WITH PRIVILEGES " + show.privileges.joined(separator: ", ")) }
    }

    private mutating func writeOption(_ words: String, _ text: String?) {
        guard let text else { return }
        write(words)
        write(string: text)
    }

    private mutating func write(_ scope: ShowScope) {
        switch scope {
        case .account: write("ACCOUNT")
        case .database(let name): write(word: "DATABASE", name)
        case .schema(let name): write(word: "SCHEMA", name)
        case .kind(let kind, let name): write(word: kind.rawValue, name)
        case .any(let name):
            // A name that is also a kind of object must not read as one.
            if let parts = name.parts, parts.count == 1, ObjectKind(rawValue: parts[0].name) != nil {
                write(quoted(parts[0].name))
            } else {
                write(name)
            }
        }
    }

    mutating func write(_ describe: DescribeStatement) {
        write("DESCRIBE ")
        switch describe.target {
        case .any(let name): write(name)
        case .object(let kind, let name, let types):
            write(word: kind.rawValue, name)
            write(argumentTypes: types)
        case .result(let id):
            write("RESULT ")
            write(id)
        }
        if !describe.properties.isEmpty { write(" ") }
        write(describe.properties)
    }
}
