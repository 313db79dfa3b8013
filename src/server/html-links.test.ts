import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { rewriteLink, rewriteLinks } from './html-links.ts';

test('links of a page lead below the path under which it is reached', () => {
  const rewrite = (page: string) => rewriteLinks(page, '/p', 'pod:80');
  equal(rewrite(`<A HREF='/x?y=/z#/w' title="/t">/a</A>`), `<A HREF='/p/x?y=/z#/w' title="/t">/a</A>`);
  equal(rewrite('<link href="/c.css"><base href="http://pod:80/b/">'), '<link href="/p/c.css"><base href="/p/b/">');
  equal(rewrite('<!-- <a href="/x"> --><style>a{b:url("/i")}</style>'), '<!-- <a href="/x"> --><style>a{b:url("/i")}</style>');
  equal(
    rewrite('<script src="/s.js">document.write(\'<a href="/x">\')</script>'),
    '<script src="/p/s.js">document.write(\'<a href="/x">\')</script>',
  );
  equal(rewrite('<p href="/x"><a href=/x id=/y><a href="x"><a href="">'), '<p href="/x"><a href=/p/x id=/y><a href="x"><a href="">');
});

test('a link to another host, a relative one and one that leads there already stay', () => {
  for (const link of ['http://other/x', '//other/x', 'x/y', '', '?a=/b', '#c', '/p/x', 'mailto:a@b'])
    equal(rewriteLink(link, '/p', 'pod:80'), link);
  equal(rewriteLink('http://pod:80/x?y#z', '/p', 'pod:80'), '/p/x?y#z');
  equal(rewriteLink('/x', '/p', 'pod:80'), '/p/x');
});
