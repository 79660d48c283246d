import WarehouseBasics

/// What is granted or revoked.
public enum GrantedRight: Hashable, Sendable {
    case privileges(Privileges, on: GrantTarget)
    /// `GRANT ROLE r TO …`.
    case role(ObjectReference)
    case databaseRole(ObjectReference)
}

/// The privileges of GRANT and REVOKE.
public enum Privileges: Hashable, Sendable {
    /// `ALL [PRIVILEGES]`.
    case all
    /// Upper case, words joined by one space: `SELECT`, `CREATE TABLE`, `OWNERSHIP`.
    case named([String])
}

/// What privileges are granted on.
public enum GrantTarget: Hashable, Sendable {
    case account
    case object(ObjectKind, ObjectReference, argumentTypes: [TypeName]?)
    /// A table or view, named without its kind: `GRANT SELECT ON t TO ROLE r`.
    case relation(ObjectReference)
    /// `ALL TABLES IN SCHEMA s`: those that exist now.
    case all(ObjectKind, in: GrantContainer)
    /// `FUTURE TABLES IN SCHEMA s`: those to come.
    case future(ObjectKind, in: GrantContainer)
}

/// The database or schema of ALL and FUTURE.
public enum GrantContainer: Hashable, Sendable {
    case account
    case database(ObjectReference)
    case schema(ObjectReference)
}

/// Who receives a grant. A bare name after TO is a role.
public enum Grantee: Hashable, Sendable {
    case role(ObjectReference)
    case databaseRole(ObjectReference)
    case user(ObjectReference)
    case share(ObjectReference)
}

/// `GRANT right TO grantee`.
public struct GrantStatement: Hashable, Sendable {
    /// What becomes of the grants that an object has when its owner changes.
    public enum CurrentGrants: String, Hashable, Sendable {
        case revoke = "REVOKE CURRENT GRANTS"
        case copy = "COPY CURRENT GRANTS"
    }
    public var right: GrantedRight
    public var grantee: Grantee
    public var withGrantOption: Bool
    /// Of GRANT OWNERSHIP.
    public var currentGrants: CurrentGrants?
    public init(
        right: GrantedRight, grantee: Grantee, withGrantOption: Bool = false,
        currentGrants: CurrentGrants? = nil
    ) {
        self.right = right
        self.grantee = grantee
        self.withGrantOption = withGrantOption
        self.currentGrants = currentGrants
    }
}

/// `REVOKE right FROM grantee`.
public struct RevokeStatement: Hashable, Sendable {
    public var grantOptionOnly: Bool
    public var right: GrantedRight
    public var grantee: Grantee
    public var behavior: DropBehavior?
    public init(grantOptionOnly: Bool = false, right: GrantedRight, grantee: Grantee, behavior: DropBehavior? = nil) {
        self.grantOptionOnly = grantOptionOnly
        self.right = right
        self.grantee = grantee
        self.behavior = behavior
    }
}
