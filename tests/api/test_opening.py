from tests.api.deployment import ACL, Deployment

def test_x(deployment: Deployment) -> None:
    import time
    t=time.time()
    w = deployment.open(ACL)
    print(time.time()-t, w)
    t=time.time()
    deployment.share("reader")
    print(time.time()-t, deployment.changes(w))
    t=time.time()
    r = deployment.ask("watches", "POST", data=b"x"*70000, content_type="application/json")
    print(time.time()-t, r, r.data)

def test_y(deployment: Deployment) -> None:
    w = deployment.open(ACL)
    r = deployment.post({"resource": ["acl"]})
    print(r.data)
    for p in ("/__a__", "/..", "/" + "a"*2000, "/%00", "/%ff", "//abc", "/watches/", "/robots.txt", "/%F0%9F%92%A9"):
        r = deployment.ask("watches", "GET", p)
        print(p[:20], r, r.data[:300])
    r = deployment.ask("renew", "POST", "/wakeups", data=b"garbage")
    print(r, r.data)
